using System.Text.RegularExpressions;

namespace BintrayEmulator.Http;

/// <summary>
/// Names of subjects, repositories, packages and versions. The service documented no rule; this one lets through every name that its
/// clients could address: no slash, question mark, semicolon, blank or percent sign, because those split or garble a path.
/// </summary>
internal static partial class Names
{
    private const int MaxLength = 255;

    public static string Check(string what, string name)
    {
        if (name.Length <= MaxLength && Allowed().IsMatch(name))
            return name;

        var shown = name.Length <= 60 ? name : name[..60] + "…";
        throw Refusals.Invalid(
            $"{what} name '{shown}' is not valid: 1 to {MaxLength} of letters, digits and . _ : + ~ -, starting with a letter, a digit or _");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._:+~\-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();
}
