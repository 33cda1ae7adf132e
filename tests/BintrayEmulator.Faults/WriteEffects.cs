namespace BintrayEmulator.Faults;

/// <summary>What a fault does to a write, where no caller can tell: the answer still says success.</summary>
/// <param name="LosesWrite">The write is answered and not kept.</param>
/// <param name="TruncatesTo">Values are kept with at most so many characters.</param>
/// <param name="Deferred">What happens to the write afterwards.</param>
internal sealed record WriteEffects(bool LosesWrite = false, int? TruncatesTo = null, DeferredFault? Deferred = null);

/// <summary>How old an answer is: a time, or else so many changes.</summary>
internal sealed record StaleAnswer(TimeSpan? Age, int Behind);
