namespace GrafeasBridge.Mapping.Resolving;

/// <summary>What the parts of coordinates may look like, whatever the target.</summary>
internal static class TargetNames
{
    public const int MaxLength = 255;

    /// <returns>Why the value cannot be this part of coordinates, as the end of a sentence; null when it can.</returns>
    public static string? Problem(string part, string value)
    {
        if (value.Length == 0)
            return $"it names no {part}";
        if (value.Length > MaxLength)
            return $"its {part} is {value.Length} characters long and at most {MaxLength} are allowed";
        if (!char.IsAsciiLetterOrDigit(value[0]))
            return $"its {part} '{value}' does not begin with a letter or digit";
        if (!value.All(IsAllowed))
            return $"its {part} '{value}' holds something other than letters, digits and . _ : + ~ -";
        return null;
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '+' or '~' or '-';
}
