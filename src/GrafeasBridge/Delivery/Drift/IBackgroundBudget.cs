using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>Says when a target may be called though nobody waits for the answer.</summary>
internal interface IBackgroundBudget
{
    /// <summary>How long the target is left alone; null while it is not.</summary>
    TimeSpan? Pause { get; }

    /// <summary>True when so many calls may be made now.</summary>
    bool TryTake(int calls);

    /// <summary>Tells how a look ended, as deliveries tell it.</summary>
    void Report(Ending ending, VersionCoordinates version);
}

/// <summary>The gate that deliveries pass: what is closed for them is closed for looks.</summary>
internal sealed class GateBudget(TargetGate gate, TimeProvider clock) : IBackgroundBudget
{
    public TimeSpan? Pause => gate.ClosedUntil - clock.GetUtcNow();

    /// <summary>After a pause a look may be the first call: where nothing is to be delivered, nobody else would find out.</summary>
    public bool TryTake(int calls) => gate.Admit(calls, inHand: 0) > 0;

    public void Report(Ending ending, VersionCoordinates version) =>
        gate.Report(ending.Outcome, ending.RetryAfter, version.InPackage);
}
