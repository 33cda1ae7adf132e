using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>The verbs of the store: what each does to the row, in one transaction.</summary>
internal sealed partial class Protocol
{
    /// <summary>Versions.Mark: only what was settled becomes due.</summary>
    private static Row Mark(Row row) => row.Rests
        ? row with { Revision = row.Revision + 1, State = DeliveryState.Pending, Due = true, Check = Check.Never }
        : row with { Revision = row.Revision + 1 };

    /// <summary>Deliveries.Redeliver: due now, unless it is in hand.</summary>
    private static Row Again(Row row) => row.State == DeliveryState.Delivering
        ? row with { Revision = row.Revision + 1, Attempts = 0 }
        : row with { Revision = row.Revision + 1, Attempts = 0, State = DeliveryState.Pending, Due = true, Check = Check.Never };

    private static ModelState Claim(ModelState s, Holder who)
    {
        var row = s.Row;
        var mine = row with { State = DeliveryState.Delivering, Holder = who, Due = false, Check = Check.Never, Attempts = row.Attempts + 1 };
        return (s with { Row = mine }).With(who, default(Worker) with { At = At.Claimed, Revision = row.Revision, Owned = row.Owned });
    }

    private ModelState RecordIntent(ModelState s, Holder who, Worker me)
    {
        var written = mutant == Mutant.WriteBeforeTheIntent;
        if (s.Row.Holder != who)
            return written ? s.With(who, me with { At = At.ReadingBack }) : s.With(who, default);
        var owned = s.Row.Owned | me.Owned | me.Wanted;
        return (s with { Row = s.Row with { Owned = owned } })
            .With(who, me with { At = written ? At.ReadingBack : AfterIntent(me.Set) });
    }

    private void Settle(ModelState s, Holder who, Worker me)
    {
        var held = s.Row.Holder == who && s.Row.State == DeliveryState.Delivering;
        if (me.At == At.Verified)
        {
            var row = held || mutant == Mutant.SettleWithoutTheLease ? Verify(s.Row, me) : MarkAgain(s.Row, me);
            Add(Verb.SettleVerified, who, (s with { Row = row }).With(who, default));
            return;
        }

        var waiting = held ? Leave(s.Row, DeliveryState.Waiting) : MarkAgain(s.Row, me);
        Add(Verb.SettleWaiting, who, (s with { Row = waiting }).With(who, default));
        if (me.At == At.Failed)
        {
            var parked = held ? Leave(s.Row, DeliveryState.Parked) : MarkAgain(s.Row, me);
            Add(Verb.SettleParked, who, (s with { Row = parked }).With(who, default));
        }
    }

    private Row Verify(Row row, Worker me)
    {
        var newest = row.Revision == me.Revision;
        row = row with
        {
            Attempts = 0,
            Holder = Holder.Nobody,
            Due = false,
            State = DeliveryState.Verified,
            Settled = mutant == Mutant.SettleTheNewestRevision ? row.Revision : me.Revision,
            Owned = mutant == Mutant.GiveUpNamesThoughSomethingChanged ? me.Wanted : row.Owned | me.Wanted,
        };
        if (mutant != Mutant.NeverLookAgain)
            row = row with { Check = Check.Later };
        newest |= mutant is Mutant.SettleWithoutLookingAtTheRevision or Mutant.SettleTheNewestRevision;
        return newest && mutant != Mutant.NeverSatisfied
            ? row
            : row with { State = DeliveryState.Pending, Due = true, Check = Check.Never };
    }

    private static Row Leave(Row row, DeliveryState state) =>
        row with { State = state, Holder = Holder.Nobody, Due = false };

    /// <summary>A worker that no longer holds the lease: the newest revision must be delivered once more, and the names it wrote stay managed.</summary>
    private Row MarkAgain(Row row, Worker me)
    {
        if (mutant == Mutant.ForgetTheMarkWhenTheLeaseWasLost)
            return row;
        var names = me.At <= At.Planned || mutant == Mutant.ForgetTheNamesOfTheLateWriter ? Names.None : me.Set;
        return Mark(row) with { Owned = row.Owned | names };
    }

    private ModelState Release(ModelState s, Holder who, Worker me)
    {
        var row = s.Row;
        if (row.Holder == who)
        {
            var attempts = Math.Max(row.Attempts - 1, 0);
            row = row with { State = DeliveryState.Pending, Holder = Holder.Nobody, Due = true, Attempts = attempts };
        }
        else if (mutant != Mutant.ReleaseWithoutTheLeaseUnmarked)
        {
            row = MarkAgain(row, me);
        }

        return (s with { Row = row }).With(who, default);
    }
}
