namespace BintrayEmulator.Faults;

/// <summary>What a fault changes inside a call, where nobody outside can tell: the answer still says success.</summary>
/// <param name="LosesWrite">The write is answered and not kept.</param>
/// <param name="TruncatesTo">Values are kept with at most so many characters.</param>
/// <param name="ShuffleSeed">Attributes and values leave in an order drawn from this seed.</param>
internal sealed record FaultEffects(bool LosesWrite = false, int? TruncatesTo = null, int? ShuffleSeed = null)
{
    public static FaultEffects None { get; } = new();
}
