using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grafeas.V1;
using GrafeasBridge.Api;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>
/// Tells the same request sent again from another one: by the id that the caller sends in <c>x-request-id</c>, or by the build
/// that an occurrence tells of.
/// </summary>
internal static class RequestIdentity
{
    public const string Header = "x-request-id";

    /// <summary>Set to <c>true</c> on the answer when everything in it had been stored before.</summary>
    public const string RepeatedHeader = "x-grafeasbridge-repeated";

    public const int MaxLength = 128;

    /// <returns>What the caller sent; null when it sent none.</returns>
    /// <exception cref="RpcException">INVALID_ARGUMENT when it is no visible ASCII of 1 to 128 characters, or sent twice.</exception>
    public static string? Sent(ServerCallContext context)
    {
        var values = context.GetHttpContext().Request.Headers[Header];
        if (values.Count == 0)
            return null;
        if (values.Count > 1)
            throw Errors.Invalid(Header, "is sent more than once");
        var id = values[0] ?? string.Empty;
        if (id.Length is 0 or > MaxLength)
            throw Errors.Invalid(Header, $"has {id.Length} characters; 1 to {MaxLength} are allowed");
        if (id.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Errors.Invalid(Header, "must be visible ASCII without spaces");
        return id;
    }

    // A caller's id holds no space, so these can never meet an id that was sent for a single occurrence.

    /// <summary>The id of one occurrence of a batch.</summary>
    public static string InBatch(string id, int index) => $"{id} {index}";

    /// <summary>An id from the build that the occurrence tells of; null when it tells of none.</summary>
    public static string? FromBuild(string project, Occurrence occurrence)
    {
        var build = BuildId(occurrence.Build);
        return build is null ? null : " build " + Digest(project, occurrence.NoteName, occurrence.ResourceUri, build);
    }

    /// <summary>The id of what one subject of an upload became.</summary>
    public static string OfUpload(string gitoid, int subject) => string.Create(CultureInfo.InvariantCulture, $" upload {gitoid} {subject}");

    /// <summary>The id of one artifact in the report of a build.</summary>
    public static string OfReport(string note, string build, string resource) => " report " + Digest(note, build, resource);

    private static string? BuildId(BuildOccurrence? build) =>
        build is null
            ? null
            : Filled(build.Provenance?.Id)
                ?? Filled(build.InTotoSlsaProvenanceV1?.Predicate?.RunDetails?.Metadata?.InvocationId)
                ?? Filled(build.IntotoStatement?.SlsaProvenanceZeroTwo?.Metadata?.BuildInvocationId)
                ?? Filled(build.IntotoStatement?.SlsaProvenance?.Metadata?.BuildInvocationId)
                ?? Filled(build.IntotoStatement?.Provenance?.Metadata?.BuildInvocationId)
                ?? Filled(build.IntotoProvenance?.Metadata?.BuildInvocationId);

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // Each part after its length: "ab"+"c" must not equal "a"+"bc".
    private static string Digest(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
