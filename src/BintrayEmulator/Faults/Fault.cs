namespace BintrayEmulator.Faults;

/// <summary>What happens to one call, all draws made.</summary>
/// <param name="Rule">The rule's name, or its place in the plan.</param>
/// <param name="Applied">The call is carried out first.</param>
/// <param name="Seed">For what is random about the fault itself.</param>
internal sealed record Fault(
    string Rule,
    FaultKind Kind,
    int Status,
    string? Body,
    string? RetryAfter,
    TimeSpan Duration,
    bool Applied,
    int Length,
    int Seed);
