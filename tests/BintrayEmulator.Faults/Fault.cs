namespace BintrayEmulator.Faults;

/// <summary>What happens to one call, all draws made.</summary>
/// <param name="Rule">The rule's name, or its place in the plan.</param>
/// <param name="Applied">The call is carried out first.</param>
/// <param name="Seed">For what is random about the fault itself.</param>
/// <param name="Effects">What changes inside a write; null for faults around it.</param>
/// <param name="Stale">How old the answer of <c>staleRead</c> is.</param>
/// <param name="InFlight">Counts the calls on their way through <c>slow</c>; left when the call ends.</param>
internal sealed record Fault(
    string Rule,
    FaultKind Kind,
    int Status,
    string? Body,
    string? RetryAfter,
    TimeSpan Duration,
    bool Applied,
    int Seed,
    WriteEffects? Effects = null,
    StaleAnswer? Stale = null,
    InFlightCalls? InFlight = null);

/// <summary>The calls that one rule slows down and that are on their way.</summary>
internal sealed class InFlightCalls
{
    private int inFlight;

    /// <returns>How many there are now, this one included.</returns>
    public int Enter() => Interlocked.Increment(ref inFlight);

    public void Leave() => Interlocked.Decrement(ref inFlight);
}
