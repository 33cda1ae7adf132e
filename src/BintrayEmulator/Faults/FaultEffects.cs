namespace BintrayEmulator.Faults;

/// <summary>What a fault changes inside a call, where nobody outside can tell: the answer still says success.</summary>
/// <param name="LosesWrite">The write is answered and not kept.</param>
/// <param name="TruncatesTo">Values are kept with at most so many characters.</param>
/// <param name="ShuffleSeed">Attributes and values leave in an order drawn from this seed.</param>
/// <param name="Late">What happens to the write afterwards.</param>
/// <param name="Stale">A read answers what was true before.</param>
internal sealed record FaultEffects(
    bool LosesWrite = false,
    int? TruncatesTo = null,
    int? ShuffleSeed = null,
    LateFault? Late = null,
    StaleFault? Stale = null)
{
    public static FaultEffects None { get; } = new();
}

/// <summary>How old an answer is: a time, or else so many changes.</summary>
internal sealed record StaleFault(TimeSpan? Age, int Behind);
