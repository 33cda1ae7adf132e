using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Compiles patterns so that resources, which strangers write, cannot make them slow.</summary>
internal static class Patterns
{
    private const RegexOptions Common = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly Lazy<FrozenSet<string>> BuiltIn = new(ReadBuiltIn);

    /// <summary>
    /// The pattern must match the whole text. A pattern of the user's runs in time linear to the text, whatever it says: that
    /// engine has no look-around and no back-references. The built-in ones are known to be harmless on texts of the length
    /// that <see cref="ResolverChain"/> lets through, and run on the other engine, ten times as fast to match and hundreds of
    /// times as fast to start.
    /// </summary>
    /// <exception cref="FormatException">With a sentence on what is wrong.</exception>
    public static Regex Compile(string pattern)
    {
        var options = BuiltIn.Value.Contains(pattern) ? Common : Common | RegexOptions.NonBacktracking;
        try
        {
            return new Regex(@"\A(?:" + pattern + @")\z", options, Timeout);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"Pattern cannot be used: {e.Message}", e);
        }
    }

    private static FrozenSet<string> ReadBuiltIn()
    {
        using var stream = MappingServices.Resource(MappingServices.DefaultSettings);
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty(MappingOptions.Section).GetProperty(nameof(MappingOptions.Resolvers)).EnumerateObject()
            .Select(row => row.Value.TryGetProperty(nameof(ResolverOptions.Pattern), out var pattern) ? pattern.GetString() : null)
            .OfType<string>()
            .ToFrozenSet(StringComparer.Ordinal);
    }
}
