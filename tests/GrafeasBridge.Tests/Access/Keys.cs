using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;

namespace GrafeasBridge.Tests.Access;

/// <summary>Files of API keys as an operator writes them.</summary>
internal static class Keys
{
    /// <summary>A key as <c>gbridge key new</c> makes it, different for every name.</summary>
    public static string Of(string name) => "gb_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("key of " + name)));

    public static string HashOf(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <param name="holders">Such as <c>ci:send,read:a,b</c>; <c>*</c> for all projects.</param>
    public static string Json(params string[] holders) => JsonSerializer.Serialize(new
    {
        keys = holders.Select(holder => holder.Split(':')).Select(parts => new
        {
            name = parts[0],
            hash = HashOf(Of(parts[0])),
            roles = parts[1].Split(','),
            projects = parts[2].Split(','),
        }),
    });

    public static Metadata Bearer(string name) => new() { { "authorization", "Bearer " + Of(name) } };
}
