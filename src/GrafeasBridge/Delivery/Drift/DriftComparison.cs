using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>Compares without mapping: most checks find what was read back, letter by letter. Pure.</summary>
internal static class DriftComparison
{
    /// <summary>
    /// True when the target carries just what was read back, and no name that the bridge set once and withdrew. False decides nothing:
    /// targets keep neither order nor spelling, so <see cref="AttributePlan"/> has to say.
    /// </summary>
    public static bool IsAsReadBack(RestingVersion version, IReadOnlyList<CarriedAttribute> carried)
    {
        if (version.ReadBack is not { } last || !last.Digest.AsSpan().SequenceEqual(ReadBackText.Of(last.Names, carried).Digest))
            return false;
        var withdrawn = version.Owned.Except(last.Names, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        return !carried.Any(attribute => withdrawn.Contains(attribute.Name));
    }
}
