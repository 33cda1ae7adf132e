using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>Ways to break the protocol: each must be caught.</summary>
internal enum Mutant
{
    None,
    SettleWithoutLookingAtTheRevision,
    SettleTheNewestRevision,
    SettleWithoutTheLease,
    SkipTheReadBack,
    ForgetTheMarkWhenTheLeaseWasLost,
    AcknowledgeBeforeTheMark,
    RemoveWhatIsNotOwned,
    WriteBeforeTheIntent,
    ReleaseWithoutTheLeaseUnmarked,
    ForgetTheNamesOfTheLateWriter,
    GiveUpNamesThoughSomethingChanged,
    LeaseNeverEnds,
    NeverSatisfied,
    NeverLookAgain,
    SeeNoOtherValue,
    RepairNothing,
    RecordThoughTheRowChanged,
    GiveUpNamesUnseen,
}

/// <summary>What becomes of writes that no store can see.</summary>
[Flags]
internal enum Doubts
{
    None = 0,

    /// <summary>A worker may die between a write without the lease and the mark.</summary>
    LateWriterDies = 1,

    /// <summary>The network may keep a write beyond the end of its call, and let it land afterwards.</summary>
    NetworkKeepsWrites = 2,

    All = LateWriterDies | NetworkKeepsWrites,
}

/// <summary>
/// The protocol as the code has it: each step is one call of <c>VersionReconciler</c>, <c>TargetLoop</c> or <c>DriftChecker</c> to the
/// store or the target, and changes the row as <c>Deliveries</c>, <c>Versions</c>, <c>Claims</c> and <c>Checks</c> do.
/// </summary>
/// <param name="checkers">How many replicas look for drift.</param>
internal sealed partial class Protocol(
    Mutant mutant = Mutant.None, Doubts doubts = Doubts.All, int updates = 1, int checkers = 1, OnDrift onDrift = OnDrift.Repair)
{
    private readonly List<(Step Step, ModelState After)> next = [];
    private ModelState from;

    public bool IsGoodEnd(ModelState state) =>
        Invariants.IsGoodEnd(state) || (onDrift == OnDrift.Report && Invariants.IsShown(state));

    /// <summary>Every step that is possible. The list is used again by the next call.</summary>
    public List<(Step Step, ModelState After)> Next(ModelState state)
    {
        next.Clear();
        from = state;
        Outside(state);
        Work(state, Holder.Worker1);
        Work(state, Holder.Worker2);
        Watch(state, Holder.Checker1);
        if (checkers > 1)
            Watch(state, Holder.Checker2);
        return next;
    }

    private void Add(Verb verb, Holder who, ModelState after, bool fault = false) =>
        next.Add((new Step(verb, who, fault), Overtake(Cleared(after))));

    /// <summary>Where all is well and nobody is at work, what went before is over.</summary>
    private static ModelState Cleared(ModelState s) => s.Doubted && Invariants.IsGoodEnd(s) ? s with { Doubted = false } : s;

    private void Outside(ModelState s)
    {
        var row = s.Row;
        if (s.Updates < updates)
        {
            var marked = mutant == Mutant.AcknowledgeBeforeTheMark ? row : Mark(row);
            Add(Verb.Update, default, s with { Updates = s.Updates + 1, Row = marked }, fault: true);
        }

        Add(Verb.Redeliver, default, s with { Row = Again(row) }, fault: row.State != DeliveryState.Parked);
        if (row is { State: DeliveryState.Waiting, Due: false })
            Add(Verb.WaitEnds, default, s with { Row = row with { Due = true } });
        // While its holder lives, a lease ends only because it was paused for longer than a try may take.
        if (row is { State: DeliveryState.Delivering, Due: true })
            Add(Verb.BecomesSuspect, default, s with { Row = row with { State = DeliveryState.Pending, Holder = Holder.Nobody } });
        if (row is { State: DeliveryState.Delivering, Due: false } && mutant != Mutant.LeaseNeverEnds)
            Add(Verb.LeaseEnds, default, s with { Row = row with { Due = true } }, fault: row.Holder != Holder.Dead);
        if (s.Flight.Set != Names.None)
        {
            var landed = s.Target.With(s.Flight.Set, Carried.Wanted(s.Flight.Content));
            Add(Verb.KeptWriteLands, default, s with { Target = landed, Flight = default });
        }

        CheckComes(s);
    }

    private void Work(ModelState s, Holder who)
    {
        var me = s[who];
        switch (me.At)
        {
            case At.Idle:
                if (s.Row is { Due: true, State: not DeliveryState.Delivering })
                    Add(Verb.Claim, who, Claim(s, who));
                return;
            case At.Claimed:
                Add(Verb.ReadOccurrences, who, s.With(who, me with { At = At.Mapped, Content = (byte)(s.Updates % 2) }));
                break;
            case At.Mapped:
                Add(Verb.ReadTarget, who, s.With(who, Plan(me, s)));
                Add(Verb.ReadTargetFails, who, s.With(who, Fail(me)), fault: true);
                break;
            case At.Planned:
                Add(Verb.RecordIntent, who, RecordIntent(s, who, me));
                break;
            case At.Setting:
                Set(s, who, me);
                break;
            case At.Removing:
                Remove(s, who, me);
                break;
            case At.ReadingBack:
                Add(Verb.ReadBack, who, s.With(who, ReadBack(me, s)));
                Add(Verb.ReadBackFails, who, s.With(who, Fail(me)), fault: true);
                break;
            default:
                Settle(s, who, me);
                break;
        }

        Add(Verb.Release, who, Release(s, who, me), fault: true);
        if (!me.Late || (doubts.HasFlag(Doubts.LateWriterDies) && !IsTooLate(s, me)))
            Add(Verb.Crash, who, Dead(s, who).With(who, default) with { Doubted = s.Doubted || me.Late }, fault: true);
    }

    private static ModelState Dead(ModelState s, Holder who) =>
        s.Row.Holder == who ? s with { Row = s.Row with { Holder = Holder.Dead } } : s;

    /// <summary>AttributePlan.Make, and the short way out when it is empty.</summary>
    private Worker Plan(Worker me, ModelState s)
    {
        var (set, remove) = Differences(me, s.Target, me.Owned);
        return set == Names.None && remove == Names.None
            ? me with { At = At.Verified, Proved = Exact(me, s) }
            : me with { At = mutant == Mutant.WriteBeforeTheIntent ? AfterIntent(set) : At.Planned, Set = set, Remove = remove };
    }

    private (Names Set, Names Remove) Differences(Worker me, Carried there, Names owned)
    {
        var wanted = Carried.Wanted(me.Content);
        var set = (wanted.A != there.A ? Names.A : Names.None) | (wanted.B && !there.B ? Names.B : Names.None);
        var mine = mutant == Mutant.RemoveWhatIsNotOwned ? there.Names : owned;
        return (set, mine & there.Names & ~me.Wanted);
    }

    /// <summary>Equal to the last name, save names of a late writer who has yet to report them.</summary>
    private static bool Exact(Worker me, ModelState s)
    {
        var wanted = Carried.Wanted(me.Content);
        var pending = (s.W1.Late && s.W1.Set.HasFlag(Names.B)) || (s.W2.Late && s.W2.Set.HasFlag(Names.B));
        return s.Target == wanted || (pending && s.Target == wanted with { B = true });
    }

    private static At AfterIntent(Names set) => set != Names.None ? At.Setting : At.Removing;

    private void Set(ModelState s, Holder who, Worker me)
    {
        var sent = me with { Late = me.Late || s.Row.Holder != who };
        var written = s with { Target = s.Target.With(me.Set, Carried.Wanted(me.Content)) };
        var answered = sent with { At = me.Remove != Names.None ? At.Removing : At.ReadingBack, Set = me.Set & ~Names.A };
        if (answered.At == At.ReadingBack)
            answered = Written(answered, s);
        Add(Verb.Set, who, written.With(who, answered));
        Add(Verb.SetRefused, who, s.With(who, Fail(sent)), fault: true);
        Add(Verb.SetAnswerLost, who, written.With(who, Fail(sent)), fault: true);
        Add(Verb.SetLie, who, s.With(who, answered), fault: true);
        if (doubts.HasFlag(Doubts.NetworkKeepsWrites) && s.Flight.Set == Names.None)
            Add(Verb.SetKeptByTheNetwork, who, (s with { Flight = new(me.Set, me.Content), Doubted = true }).With(who, Fail(sent)), fault: true);
    }

    private void Remove(ModelState s, Holder who, Worker me)
    {
        var sent = me with { Late = me.Late || s.Row.Holder != who };
        var written = s with { Target = s.Target.Without(me.Remove) };
        var answered = sent with { At = At.ReadingBack, Remove = Names.None };
        Add(Verb.Remove, who, written.With(who, Written(answered, written)));
        Add(Verb.RemoveRefused, who, s.With(who, Fail(sent)), fault: true);
        Add(Verb.RemoveAnswerLost, who, written.With(who, Fail(sent)), fault: true);
        Add(Verb.RemoveLie, who, s.With(who, Written(answered, s)), fault: true);
    }

    /// <summary>All is written; the mutant is content with that.</summary>
    private Worker Written(Worker me, ModelState s) => mutant switch
    {
        Mutant.SkipTheReadBack => me with { At = At.Verified, Proved = Exact(me, s) },
        Mutant.WriteBeforeTheIntent => me with { At = At.Planned },
        _ => me,
    };

    private Worker ReadBack(Worker me, ModelState s)
    {
        // What was intended is owned: here only the names matter that this try does not want.
        var (set, remove) = Differences(me, s.Target, me.Owned | me.Wanted);
        return set == Names.None && remove == Names.None
            ? me with { At = At.Verified, Proved = Exact(me, s) }
            : Fail(me) with { At = At.Differs };
    }

    private static Worker Fail(Worker me) =>
        new() { At = At.Failed, Set = me.Set & ~Names.A, Late = me.Late };
}
