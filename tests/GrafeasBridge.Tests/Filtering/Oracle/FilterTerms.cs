namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>A filter as the generator made it. The oracle evaluates this, not the text, so it needs no parser.</summary>
internal abstract record Term
{
    /// <summary>All parts, joined by AND, or by blanks, which means the same but binds otherwise.</summary>
    internal sealed record All(IReadOnlyList<Term> Parts, bool Blank) : Term;

    /// <summary>Any part.</summary>
    internal sealed record Any(IReadOnlyList<Term> Parts) : Term;

    /// <summary>The opposite, written NOT or as a minus sign.</summary>
    internal sealed record Opposite(Term Part, bool Minus) : Term;

    /// <summary>A field compared with a literal.</summary>
    /// <param name="Alias">A name such as resourceUrl instead of the path's.</param>
    /// <param name="MapKey">The key when the last field is a map of which one value is compared.</param>
    /// <param name="Wanted">The literal's meaning, without quotes.</param>
    /// <param name="Literal">The literal as it is written.</param>
    internal sealed record Compare(
        IReadOnlyList<FieldFact> Path, string? Alias, string? MapKey, string Operator, string Wanted, string Literal) : Term;

    /// <summary>A field, map value, key or member that is set: <c>f:*</c>, <c>m:key</c>.</summary>
    internal sealed record IsSet(IReadOnlyList<FieldFact> Path, string? MapKey, string? Member) : Term;

    /// <summary>has_prefix.</summary>
    internal sealed record Begins(IReadOnlyList<FieldFact> Path, string? Alias, string Prefix) : Term;
}
