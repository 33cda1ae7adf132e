using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// The address of a REST call, strictly: routing ignores case and a slash at the end, and takes what is not percent-encoded
/// UTF-8 as it stands, so that one thing would have many addresses and a misspelt one would be stored.
/// </summary>
internal static class RestPath
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>True when the fixed parts of a path are spelt as in the pattern that routing has found for it.</summary>
    public static bool Fits(string path, RoutePattern pattern)
    {
        var parts = path.Split('/')[1..];
        if (parts[^1].Length == 0)
            return false;
        for (var i = 0; i < pattern.PathSegments.Count && i < parts.Length; i++)
        {
            // All but the first part of a segment such as {version}:redeliver is fixed too, and stands at its end.
            var last = pattern.PathSegments[i].Parts[^1];
            if (last is RoutePatternLiteralPart literal && !parts[i].EndsWith(literal.Content, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for what is no percent-encoded UTF-8, or hides a slash.</exception>
    public static void CheckEncoding(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.Contains('%', StringComparison.Ordinal))
            return;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        Checker check = default;
        if (Problem(path) is { } inPath)
            check.Add("path", inPath);
        else if (path.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            check.Add("path", "holds an encoded slash (%2F); in a path a package is written with colons, and no other name has a slash");
        if (query >= 0 && Problem(target[query..]) is { } inQuery)
            check.Add("query", inQuery);
        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    private static string? Problem(string encoded)
    {
        for (var at = encoded.IndexOf('%', StringComparison.Ordinal); at >= 0; at = encoded.IndexOf('%', at + 1))
        {
            var sequence = encoded.Substring(at, Math.Min(3, encoded.Length - at));
            if (sequence.Length < 3 || sequence.AsSpan(1).ContainsAnyExcept(Hexadecimal))
                return $"holds '{QuotedText.Shorten(sequence)}', which is no percent-encoded byte";
        }

        return Utf8.IsValid(Decode(encoded)) ? null : "is not UTF-8 once it is decoded";
    }

    private static byte[] Decode(string encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(encoded, i, 1));
                continue;
            }

            bytes.Add(Convert.ToByte(encoded.Substring(i + 1, 2), 16));
            i += 2;
        }

        return [.. bytes];
    }
}
