namespace GrafeasBridge.Mapping;

/// <summary>The value types of attributes. A target without types keeps the values alone.</summary>
internal enum AttributeType
{
    String,
    Number,
    Boolean,
    Date,
    Version,
}

/// <summary>One attribute as a version should carry it, and where it came from.</summary>
/// <param name="Name">Legal as an attribute name and as a property key of the usual repositories.</param>
/// <param name="Type">Decides how <paramref name="Values"/> are written at the target.</param>
/// <param name="Values">
/// A set in canonical text, sorted by ordinal, never empty: numbers invariant, booleans <c>true</c>/<c>false</c>, dates
/// <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>.
/// </param>
/// <param name="Rule">The row of the mapping table.</param>
/// <param name="SourceOccurrence">Name of the occurrence that decided it.</param>
/// <param name="SourceField">Field path inside that occurrence, such as <c>build.provenance.id</c>.</param>
/// <param name="Loss">What did not fit, in words; null when nothing was lost.</param>
internal sealed record MappedAttribute(
    string Name,
    AttributeType Type,
    IReadOnlyList<string> Values,
    string Rule,
    string SourceOccurrence,
    string SourceField,
    string? Loss);
