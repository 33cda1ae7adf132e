using System.Buffers;

namespace GrafeasBridge.Mapping;

/// <summary>What the parts of coordinates may look like, whatever the target.</summary>
internal static class CoordinateNames
{
    public const int MaxLength = 255;

    private const string Everywhere = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~-";

    private static readonly SearchValues<char> InNames = SearchValues.Create(Everywhere + ":");
    private static readonly SearchValues<char> InPackages = SearchValues.Create(Everywhere + "/");

    /// <summary>
    /// A package as the bridge keeps it: <c>team/web</c>. Repositories that take no slash in a name write a colon for it, and so do
    /// the addresses that people copy from there.
    /// </summary>
    public static string Package(string written) => written.Replace(':', '/');

    /// <returns>Why it cannot be a package, as the end of a sentence; null when it can.</returns>
    public static string? PackageProblem(string package) =>
        Problem("package", package, InPackages, "/")
        ?? (package.Split('/').Any(part => part is "" or "." or "..")
            ? $"its package '{package}' has an empty part, '.' or '..' between its slashes"
            : null);

    /// <returns>Why the value cannot be this part of coordinates, as the end of a sentence; null when it can.</returns>
    public static string? Problem(string part, string value) => Problem(part, value, InNames, ":");

    private static string? Problem(string part, string value, SearchValues<char> allowed, string separator)
    {
        if (value.Length == 0)
            return $"it names no {part}";
        if (value.Length > MaxLength)
            return $"its {part} is {value.Length} characters long and at most {MaxLength} are allowed";
        if (!char.IsAsciiLetterOrDigit(value[0]))
            return $"its {part} '{value}' does not begin with a letter or digit";
        if (value.AsSpan().ContainsAnyExcept(allowed))
            return $"its {part} '{value}' holds something other than letters, digits and . _ {separator} + ~ -";
        return null;
    }
}
