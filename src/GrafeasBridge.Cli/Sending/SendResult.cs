using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Sending;

/// <summary>What became of one thing to send.</summary>
/// <param name="Name">Of the stored occurrence or note; null when it was not accepted.</param>
/// <param name="Failure">Null when it was accepted.</param>
/// <param name="Delivery">Where it went, as last seen; null while the service did not say.</param>
/// <param name="DeliveryFailure">Why the service did not say where it went; null when it did, or was not asked.</param>
/// <param name="Undelivered">True when it was to be waited for, and did not arrive.</param>
internal sealed record SendResult(
    SendItem Item,
    string? Name,
    Failure? Failure,
    string? RequestId = null,
    OccurrenceDelivery? Delivery = null,
    Failure? DeliveryFailure = null,
    bool Undelivered = false)
{
    /// <summary>True when the service had it already, from an earlier run or attempt.</summary>
    public bool Repeated { get; init; }

    /// <summary>Why there is no receipt; null when there is, or when none was wanted.</summary>
    public Failure? ReceiptFailure { get; init; }

    public int ExitCode(bool waited) => this switch
    {
        { Failure: { } failure } => failure.ExitCode,
        { DeliveryFailure: { } failure } when waited => failure.ExitCode,
        { ReceiptFailure: { } failure } => failure.ExitCode,
        { Undelivered: true } => Cli.ExitCode.NotDelivered,
        _ => Cli.ExitCode.Done,
    };

    public static SendResult Failed(SendItem item, Failure failure) => new(item, null, failure);
}
