using GrafeasBridge.Delivery.Governor;
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

/// <summary>The governor that paces deliveries: what is closed for them is closed for looks, and looks get what they leave.</summary>
internal sealed class GovernorBudget(TargetGovernor governor) : IBackgroundBudget
{
    public TimeSpan? Pause => governor.Gate.Pause?.Left;

    public bool TryTake(int calls) => governor.TryTakeForBackground(calls);

    public void Report(Ending ending, VersionCoordinates version) => governor.Report(ending, version);
}
