using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>Looks at a version at rest: listed, read at the target, and written down if the row is as it was when it was listed.</summary>
internal sealed partial class Protocol
{
    /// <summary>
    /// A worker that sets a withdrawn name so late that a check may have given it up is assumed to report that: otherwise it would have
    /// to be paused for longer than <c>Drift:FirstCheck</c>, and then die.
    /// </summary>
    private static bool IsTooLate(ModelState s, Worker me) =>
        me.Set.HasFlag(Names.B) && (s.Row.Check == Check.Due || !s.Row.Owned.HasFlag(Names.B));

    /// <summary>
    /// Time goes on to the next look. By then what the network kept of withdrawn names has landed. Days pass when nothing else goes on,
    /// and where all is well the look need not come for it to stay well.
    /// </summary>
    private void CheckComes(ModelState s)
    {
        var keepsWithdrawn = s.Flight.Set.HasFlag(Names.B) && s.OwnsWithdrawn;
        if (s.Row.Check != Check.Later || keepsWithdrawn)
            return;
        var mustCome = s.Idle && s.Flight.Set == Names.None && !IsGoodEnd(s);
        Add(Verb.CheckComes, default, s with { Row = s.Row with { Check = Check.Due } }, fault: !mustCome);
    }

    private void Watch(ModelState s, Holder who)
    {
        switch (s.Checker(who))
        {
            case At.Idle:
                if (s.Row.Check == Check.Due)
                    Add(Verb.ListToCheck, who, s.WithChecker(who, At.Listed));
                return;
            case At.Listed:
                Add(Verb.Look, who, s.WithChecker(who, Look(s)));
                Add(Verb.LookFails, who, s.WithChecker(who, At.Idle), fault: true);
                break;
            case At.Overtaken:
                Add(Verb.RecordRefused, who, s.WithChecker(who, At.Idle));
                return;
            case At at:
                Add(Verb.RecordCheck, who, (s with { Row = Record(s, at) }).WithChecker(who, At.Idle));
                break;
        }

        Add(Verb.Crash, who, s.WithChecker(who, At.Idle), fault: true);
    }

    /// <summary>DriftComparison, and AttributePlan where it is not enough.</summary>
    private At Look(ModelState s)
    {
        var wanted = Carried.Wanted(s.Updates);
        var differs = (s.Target.A != wanted.A || (wanted.B && !s.Target.B)) && mutant != Mutant.SeeNoOtherValue;
        var stands = s.OwnsWithdrawn && s.Target.B && mutant != Mutant.GiveUpNamesUnseen;
        return differs || stands ? At.SeenDrift : At.SeenSame;
    }

    private Row Record(ModelState s, At seen)
    {
        var row = s.Row;
        if (seen == At.SeenSame)
            return row with { State = DeliveryState.Verified, Check = Check.Later, Owned = Carried.Wanted(s.Updates).Names & ~Names.C };
        row = row with { State = DeliveryState.Drifted };
        return onDrift == OnDrift.Report || mutant == Mutant.RepairNothing
            ? row with { Check = Check.Later }
            : row with { Check = Check.Never, Due = true };
    }

    /// <summary>The row's state, its revision, and when it was verified and is due to be looked at tell that it has changed.</summary>
    private ModelState Overtake(ModelState after)
    {
        if (after.C1 == At.Idle && after.C2 == At.Idle)
            return after;
        var same = (from.Row.State, from.Row.Revision, from.Row.Check) == (after.Row.State, after.Row.Revision, after.Row.Check);
        if (same || mutant == Mutant.RecordThoughTheRowChanged)
            return after;
        return after with
        {
            C1 = after.C1 == At.Idle ? At.Idle : At.Overtaken,
            C2 = after.C2 == At.Idle ? At.Idle : At.Overtaken,
        };
    }
}
