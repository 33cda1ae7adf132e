using GrafeasBridge.Mapping.Resolving;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Mapping;

/// <summary>Section <c>Mapping</c>.</summary>
internal sealed class MappingOptions
{
    public const string Section = "Mapping";

    /// <summary>Path of a mapping table to use instead of the built-in one; empty for the built-in one.</summary>
    public string File { get; set; } = string.Empty;

    /// <summary>Values that one attribute may hold; what is left out is said in its loss.</summary>
    [SettingRange(1, 10_000)]
    public int MaxValues { get; set; } = 256;

    /// <summary>Characters of one value; a longer one is shortened, ends in its SHA-256, and its loss says so.</summary>
    [SettingRange(128, 65_536)]
    public int MaxValueLength { get; set; } = 1024;

    /// <summary>Names of artifacts that are looked at in one occurrence.</summary>
    [SettingRange(1, 100_000)]
    public int MaxArtifacts { get; set; } = 1000;

    /// <summary>How resources are understood, by name of the resolver.</summary>
    public IDictionary<string, ResolverOptions> Resolvers { get; } = new Dictionary<string, ResolverOptions>(StringComparer.Ordinal);
}

/// <summary>Checks each setting by itself.</summary>
[OptionsValidator]
internal sealed partial class MappingOptionsValidator : IValidateOptions<MappingOptions>;
