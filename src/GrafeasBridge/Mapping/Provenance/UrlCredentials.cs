using System.Text;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Mapping.Provenance;

/// <summary>
/// Takes secrets out of URLs before anybody sees them: CI systems put tokens into clone URLs, and attributes are public.
/// Takes time linear to the text, which may be megabytes long and made by a stranger.
/// </summary>
internal static partial class UrlCredentials
{
    private const string SchemeEnd = "://";
    private const int Timeout = 10_000;

    /// <summary>
    /// Removes user information (but the bare user name <c>git</c>, which SSH remotes carry by convention) and query
    /// parameters that are known to hold tokens or signatures, in every URL inside the text.
    /// </summary>
    public static string Strip(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
            text = WithoutUsers(WithoutBareUser(text));
        return text.Contains('=', StringComparison.Ordinal) ? WithoutSecretParameters(text) : text;
    }

    // The last @ before the path, because passwords are written with an unescaped @ as well.
    private static string WithoutUsers(string text)
    {
        var result = new StringBuilder(text.Length);
        var position = 0;
        while (text.IndexOf(SchemeEnd, position, StringComparison.Ordinal) is >= 0 and var scheme)
        {
            var begin = scheme + SchemeEnd.Length;
            var end = begin;
            var at = -1;
            for (; end < text.Length && text[end] is not ('/' or '?' or '#') && !char.IsWhiteSpace(text[end]); end++)
                at = text[end] == '@' ? end : at;
            result.Append(text, position, begin - position);
            var kept = at < 0 || text.AsSpan(begin, at - begin).SequenceEqual("git") ? begin : at + 1;
            result.Append(text, kept, end - kept);
            position = end;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    // user:secret@host/path without a scheme; name:tag@digest has no slash behind its @.
    private static string WithoutBareUser(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var at = slash < 0 ? -1 : text.IndexOf('@', 0, slash);
        var colon = at < 0 ? -1 : text.IndexOf(':', 0, at);
        var isUser = colon > 0 && colon < at - 1 && at < slash - 1 && !text.AsSpan(0, slash).ContainsAny(" \t\r\n");
        return isUser ? text[(at + 1)..] : text;
    }

    private static string WithoutSecretParameters(string text)
    {
        var stripped = SecretParameter().Replace(text, match => match.Groups["lead"].Value);
        if (stripped.Length == text.Length)
            return text;
        return DanglingSeparator().Replace(stripped, match => match.Groups["keep"].Value);
    }

    [GeneratedRegex(
        "(?<lead>[?&;])(access_token|private_token|job_token|id_token|auth_token|token|auth|api_?key|pass(word|wd)?|secret|" +
        "client_secret|sig|signature|AWSAccessKeyId|X-(Amz|Goog)-(Signature|Credential|Security-Token))=[^&;#\\s]*",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Timeout)]
    private static partial Regex SecretParameter();

    // What a removed parameter leaves behind: "?&a=1" -> "?a=1", "?a=1&&b=2" -> "?a=1&b=2", "?" at the end -> "".
    [GeneratedRegex(@"(?<keep>[?&;])[&;]+(?=[^&;#\s])|[?&;]+(?=#|\s|$)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex DanglingSeparator();
}
