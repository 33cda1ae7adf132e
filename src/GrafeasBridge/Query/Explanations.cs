using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using GrafeasBridge.V1;

namespace GrafeasBridge.Query;

/// <summary>Says in general words what is wrong with a version, and what a person does about it.</summary>
internal static class Explanations
{
    private const string MendAndRedeliver = "Mend what the reason says, then redeliver.";

    // Of parked versions, by the outcome's name. One that waits is retried by itself, whatever its outcome.
    private static readonly Dictionary<string, (string Problem, string Advice)> Table = new(StringComparer.Ordinal)
    {
        [nameof(DeliveryOutcome.Throttled)] = (
            "The target asked for fewer calls, for as long as the bridge tries.",
            "See in `gbridge targets` what limit the target has; then redeliver."),
        [nameof(DeliveryOutcome.Unreachable)] = (
            "The target could not be reached, or did not answer, for as long as the bridge tries.",
            "Make sure that the target is up and that its BaseUrl is right, then redeliver."),
        [nameof(DeliveryOutcome.Unauthorized)] = (
            "The target refuses the bridge's credentials, or they lack the right to write this package.",
            "Give the target's user the right, or the bridge another key, then redeliver."),
        [nameof(DeliveryOutcome.Missing)] = (
            "The target does not have the version, or something that holds it, and the bridge may not create it.",
            "Create it at the target, let the target's settings allow the bridge to, or correct what the sender calls it; then redeliver."),
        [nameof(DeliveryOutcome.RemovedAtTarget)] = (
            "The version was delivered, and somebody has deleted it at the target since.",
            "Leave it parked if that was meant. Redelivering creates it again, where the target's settings allow the bridge to."),
        [nameof(DeliveryOutcome.Rejected)] = (
            "The target understood what the bridge wrote, and refuses it.",
            "Correct the attribute or the right that the reason names, then redeliver."),
        [nameof(DeliveryOutcome.MalformedResponse)] = (
            "What answered does not speak the target's protocol, for as long as the bridge tries.",
            "Look for a proxy or a login page in between, and whether BaseUrl is right; then redeliver."),
        [nameof(DeliveryOutcome.ReadBackMismatch)] = (
            "The target took what was written, and gave back something else, for as long as the bridge tries.",
            "Compare (`gbridge get --compare`) and find out who else writes the attributes, or what the target cuts; then redeliver."),
        [nameof(DeliveryOutcome.Failed)] = ("The bridge itself failed at this version.", "Its log has the cause. " + MendAndRedeliver),
        [nameof(DeliveryOutcome.CorruptOccurrence)] = (
            "An occurrence of the version is damaged in the bridge's own database.",
            "Delete the occurrence that the reason names and send it again, or restore the database; then redeliver."),
        [nameof(DeliveryOutcome.CrashLoop)] = (
            "The service ended more than once while it had this version in hand, and nothing else.",
            "Look into the log of that time for the cause before you redeliver."),
    };

    private static readonly (string Problem, string Advice) Drifted = (
        "The target was found to carry something else than what was delivered.",
        "Redelivering writes it again; `gbridge get --compare` shows what differs.");

    /// <summary>Null for a version that is on its way, or has arrived.</summary>
    public static VersionExplanation? Of(VersionRow row)
    {
        if (row.State is not (Store.DeliveryState.Waiting or Store.DeliveryState.Parked or Store.DeliveryState.Drifted))
            return null;
        (var problem, var advice) = row.State switch
        {
            Store.DeliveryState.Drifted => Drifted,
            Store.DeliveryState.Waiting => (
                "The last try failed.",
                "Nothing has to be done: it is tried again at next_attempt_time. Redelivering tries at once."),
            _ when Table.TryGetValue(row.LastOutcome, out (string, string) known) => known,
            _ => ("The bridge gave up on this version.", MendAndRedeliver),
        };
        return new VersionExplanation { Problem = problem, Advice = advice, Command = Command(row) };
    }

    // A name may hold what a shell would take for its own.
    private static string Command(VersionRow row)
    {
        var path = $"{row.Target}/{row.Coordinates}";
        var isPlain = path.All(c => char.IsAsciiLetterOrDigit(c) || "/:._-+@%".Contains(c, StringComparison.Ordinal));
        return "gbridge redeliver " + (isPlain ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'");
    }
}
