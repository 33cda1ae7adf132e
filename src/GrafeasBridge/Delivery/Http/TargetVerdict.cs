namespace GrafeasBridge.Delivery.Http;

/// <summary>What an answer of a target means.</summary>
/// <param name="Failure">Null for a success.</param>
/// <param name="Reason">The failure in a safe sentence; empty without one.</param>
/// <param name="Missing">What is missing, in the words of the target's kind; null unless that is the failure.</param>
internal readonly record struct TargetVerdict(DeliveryOutcome? Failure, string Reason, string? Missing = null)
{
    public static TargetVerdict Done { get; } = new(null, "");
}
