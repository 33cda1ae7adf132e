using System.Text.RegularExpressions;

namespace GrafeasBridge.Mapping.Reading;

/// <summary>
/// Takes secrets out of URLs before anybody sees them: CI systems put tokens into clone URLs, and attributes are public.
/// </summary>
internal static partial class Credentials
{
    /// <summary>
    /// Removes user information (but the bare user name <c>git</c>, which SSH remotes carry by convention) and query
    /// parameters that are known to hold tokens or signatures, in every URL inside the text.
    /// </summary>
    public static string Strip(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
        {
            text = UserInformation().Replace(text, match => match.Groups["user"].Value == "git" ? match.Value : match.Groups["scheme"].Value);
            text = BareUserInformation().Replace(text, string.Empty);
        }

        return text.Contains('=', StringComparison.Ordinal) ? WithoutSecretParameters(text) : text;
    }

    private static string WithoutSecretParameters(string text)
    {
        var stripped = SecretParameter().Replace(text, match => match.Groups["lead"].Value);
        if (stripped.Length == text.Length)
            return text;
        return DanglingSeparator().Replace(stripped, match => match.Groups["keep"].Value);
    }

    [GeneratedRegex(@"(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?<user>[^/?#\s]*)@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInformation();

    // user:secret@host/path without a scheme; name:tag@digest has no slash behind its @.
    [GeneratedRegex(@"^[^/@\s:]+:[^/@\s]+@(?=[^/@\s]+/)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BareUserInformation();

    [GeneratedRegex(
        @"(?<lead>[?&;])(access_token|private_token|job_token|id_token|auth_token|token|auth|api_?key|pass(word|wd)?|secret|client_secret|sig|signature|" +
        @"AWSAccessKeyId|X-(Amz|Goog)-(Signature|Credential|Security-Token))=[^&;#\s]*",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretParameter();

    // What a removed parameter leaves behind: "?&a=1" -> "?a=1", "?a=1&&b=2" -> "?a=1&b=2", "?" at the end -> "".
    [GeneratedRegex(@"(?<keep>[?&;])[&;]+(?=[^&;#\s])|[?&;]+(?=#|\s|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DanglingSeparator();
}
