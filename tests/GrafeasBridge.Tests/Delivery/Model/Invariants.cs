using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>What must hold of every step: in words, and as a test of it.</summary>
internal static class Invariants
{
    public static IReadOnlyList<(string Words, Func<ModelState, Step, ModelState, bool> Holds)> All { get; } =
    [
        ("The settled revision never goes back and never passes the revision.", (before, _, after) =>
            before.Row.Settled <= after.Row.Settled && after.Row.Settled <= after.Row.Revision),
        ("A version rests only when its newest revision is settled; what is newer is never forgotten.", (_, _, after) =>
            !after.Row.Rests || after.Row.Settled == after.Row.Revision),
        ("A version at rest will be looked at again, unless it is due; one that is not at rest is not looked at.", (_, _, after) =>
            (after.Row.Check != Check.Never) == (after.Row.Rests && !after.Row.Due)),
        ("A version leaves the schedule only by being verified or parked.", (_, _, after) => after.Row.State switch
        {
            DeliveryState.Pending => after.Row.Due,
            DeliveryState.Delivering => after.Row.Holder != Holder.Nobody,
            DeliveryState.Verified or DeliveryState.Parked => !after.Row.Due,
            _ => true,
        }),
        ("No worker settles without the lease: it only marks.", (before, step, after) =>
            !IsSettling(step) || before.Row.Holder == step.Who || OnlyMarked(before.Row, after.Row)),
        ("A version becomes verified only when the target carried at the read-back exactly what the settled revision wants.", (before, step, after) =>
            step.Verb != Verb.SettleVerified || after.Row.State != DeliveryState.Verified || ProvedRightly(before, step.Who)),
        ("A check changes only what rests, settles no revision, and calls verified only what it saw as it should be.", (before, step, after) =>
            step.Verb != Verb.RecordCheck || (before.Row.Rests && after.Row.Settled == before.Row.Settled && after.Row.Revision == before.Row.Revision
                && (after.Row.State == DeliveryState.Verified) == (before.Checker(step.Who) == At.SeenSame))),
        ("A name that the bridge put at the target is in the owned names, or its late writer has yet to say so.", (_, _, after) =>
            !after.Target.B || after.Row.Owned.HasFlag(Names.B) || IsTheLateWriters(after.W1) || IsTheLateWriters(after.W2)),
        ("What is somebody else's stays.", (_, _, after) => after.Target.C),
        ("No older state stands: unless a write was left unreported, a verified version carries what is wanted now.", (_, _, after) =>
            after.Row.State != DeliveryState.Verified || after.AnyLate || after.Doubted || after.Target == Carried.Wanted(after.Updates)),
    ];

    /// <summary>The good end: verified at the newest revision, the newest at the target, nobody at work.</summary>
    public static bool IsGoodEnd(ModelState state) =>
        state.Row.State == DeliveryState.Verified && state.Row.Settled == state.Row.Revision
        && state.Target == Carried.Wanted(state.Updates) && state.Idle && state.Flight.Set == Names.None;

    /// <summary>Where drift is only reported: it is shown, and nobody is at work.</summary>
    public static bool IsShown(ModelState state) =>
        state.Row is { State: DeliveryState.Drifted, Due: false } && state.Target != Carried.Wanted(state.Updates)
        && state.Idle && state.Flight.Set == Names.None;

    private static bool IsSettling(Step step) => step.Verb is Verb.SettleVerified or Verb.SettleWaiting or Verb.SettleParked;

    private static bool OnlyMarked(Row before, Row after) =>
        after.Settled == before.Settled && after.Holder == before.Holder
        && (after.State == before.State || (before.Rests && after.State == DeliveryState.Pending));

    private static bool ProvedRightly(ModelState before, Holder who) =>
        before[who].Proved && Carried.Wanted(before[who].Content) == Carried.Wanted(before.Updates);

    private static bool IsTheLateWriters(Worker worker) => worker.Late && worker.Set.HasFlag(Names.B);
}
