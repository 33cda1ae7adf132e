using System.Globalization;
using System.Runtime.InteropServices;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>Names of attributes. The bridge may want A and B; C is somebody else's and lies at the target from the start.</summary>
[Flags]
internal enum Names : byte
{
    None = 0,
    A = 1,
    B = 2,
    C = 4,
}

/// <summary>Where a worker stands, or (from <see cref="Listed"/> on) who looks for drift: what it does next.</summary>
internal enum At : byte
{
    Idle,
    Claimed,
    Mapped,
    Planned,
    Setting,
    Removing,
    ReadingBack,
    Verified,
    Differs,
    Failed,

    Listed,
    SeenSame,
    SeenDrift,

    /// <summary>The row has changed since it was listed: whatever is found will not be written.</summary>
    Overtaken,
}

/// <summary>Who holds the lease of the row, and who makes a step.</summary>
internal enum Holder : byte
{
    Nobody,
    Worker1,
    Worker2,

    /// <summary>A worker that crashed: nobody knows the lease any more.</summary>
    Dead,

    /// <summary>Who looks for drift, in one replica and in another. Holds no lease.</summary>
    Checker1,
    Checker2,
}

/// <summary>When a version at rest is looked at: what <c>check_at</c> says.</summary>
internal enum Check : byte
{
    Never,
    Later,
    Due,
}

/// <summary>What the version carries at the target: A with a value, B and C.</summary>
internal readonly record struct Carried(byte A, bool B, bool C)
{
    public Names Names => (A > 0 ? Names.A : Names.None) | (B ? Names.B : Names.None) | (C ? Names.C : Names.None);

    /// <summary>What is wanted after so many updates: the second withdraws a name, the third goes back to the first.</summary>
    public static Carried Wanted(int updates) => updates % 2 == 0 ? new(1, true, true) : new(2, false, true);

    public Carried With(Names names, Carried from) =>
        this with { A = names.HasFlag(Names.A) ? from.A : A, B = names.HasFlag(Names.B) ? from.B : B };

    public Carried Without(Names names) =>
        new(names.HasFlag(Names.A) ? (byte)0 : A, B && !names.HasFlag(Names.B), C && !names.HasFlag(Names.C));

    public override string ToString() => $"{{{(A > 0 ? $"a={A} " : "")}{(B ? "b " : "")}{(C ? "c" : "")}}}";
}

/// <summary>The version's row. <c>Due</c> stands for <c>due_at</c> that has passed.</summary>
internal readonly record struct Row(
    DeliveryState State, int Revision, int Settled, int Attempts, Holder Holder, bool Due, Names Owned, Check Check = Check.Never)
{
    public bool Rests => State is DeliveryState.Verified or DeliveryState.Drifted;
}

/// <summary>What one worker holds in memory.</summary>
/// <param name="Revision">That it claimed.</param>
/// <param name="Owned">As the claim said.</param>
/// <param name="Content">Which updates it has read (only whether even or odd counts).</param>
/// <param name="Set">Names to write, and later: written.</param>
/// <param name="Remove">Names to remove.</param>
/// <param name="Late">It has written without holding the lease, and nobody knows yet.</param>
/// <param name="Proved">What it read back was exactly what it wants (a ghost: the code cannot know).</param>
internal readonly record struct Worker(
    At At, int Revision, Names Owned, byte Content, Names Set, Names Remove, bool Late, bool Proved)
{
    public Names Wanted => Carried.Wanted(Content).Names & ~Names.C;
}

/// <summary>A write that the network keeps: its sender has given up, and it may yet land.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Flight(Names Set, byte Content);

/// <summary>One state of the whole.</summary>
/// <param name="C1">Where the first who looks for drift stands.</param>
/// <param name="Doubted">Since all was well a write may have landed that nobody reports (a ghost).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ModelState(
    Row Row, Carried Target, int Updates, Worker W1, Worker W2, Flight Flight, At C1 = At.Idle, At C2 = At.Idle, bool Doubted = false)
{
    /// <summary>The row as its first occurrence makes it; the target has what is somebody else's.</summary>
    public static ModelState Start { get; } = new(
        new Row(DeliveryState.Pending, 1, 0, 0, Holder.Nobody, true, Names.None), new Carried(0, false, true), 0, default, default, default);

    public Worker this[Holder who] => who == Holder.Worker1 ? W1 : W2;

    public bool Idle => W1.At == At.Idle && W2.At == At.Idle;

    /// <summary>A name that the bridge owns and no longer wants; a check gives it up.</summary>
    public bool OwnsWithdrawn => Row.Owned.HasFlag(Names.B) && !Carried.Wanted(Updates).B;

    /// <summary>Somebody has written without the lease and has yet to say so.</summary>
    public bool AnyLate => W1.Late || W2.Late;

    public At Checker(Holder who) => who == Holder.Checker1 ? C1 : C2;

    public ModelState WithChecker(Holder who, At at) => who == Holder.Checker1 ? this with { C1 = at } : this with { C2 = at };

    public ModelState With(Holder who, Worker worker) => who == Holder.Worker1 ? this with { W1 = worker } : this with { W2 = worker };

    /// <summary>
    /// The same number for states that behave alike: of revisions only the order counts, attempts count for nothing but the
    /// length of a wait, owning A (always wanted) for nothing at all, and the workers are twins, as those are who look for drift.
    /// </summary>
    public ulong Key()
    {
        ulong first = Pack(W1, Holder.Worker1), second = Pack(W2, Holder.Worker2);
        var holder = Row.Holder;
        if (first > second)
        {
            (first, second) = (second, first);
            holder = holder switch { Holder.Worker1 => Holder.Worker2, Holder.Worker2 => Holder.Worker1, _ => holder };
        }

        var key = first << 18 | second;
        key = key << 3 | (ulong)Row.State;
        key = key << 2 | Rank(Row.Settled);
        key = key << 2 | (ulong)holder;
        key = key << 1 | (Row.Due ? 1UL : 0);
        key = key << 2 | (byte)Row.Owned / 2u;
        key = key << 4 | (uint)Target.A | (Target.B ? 4UL : 0) | (Target.C ? 8UL : 0);
        key = key << 2 | (uint)Updates;
        key = key << 3 | (byte)Flight.Set * 2u | Flight.Content;
        key = key << 2 | (ulong)Row.Check;
        // Of twins who look, in five places each, there are fifteen pairs.
        uint more = Math.Max(Place(C1), Place(C2)), less = Math.Min(Place(C1), Place(C2));
        key = key << 4 | ((more * (more + 1) / 2) + less);
        return key << 1 | (Doubted ? 1UL : 0);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Row.State} revision {Row.Revision} settled {Row.Settled} lease {Row.Holder}{(Row.Due ? " due" : "")} check {Row.Check} owned [{Row.Owned}]; "
        + $"target {Target}, wanted {Carried.Wanted(Updates)}; {Say(W1)} | {Say(W2)} | {C1} | {C2}");

    private static uint Place(At checker) => checker == At.Idle ? 0 : checker - At.Listed + 1u;

    // How far below the newest revision, as an order: 0 is the newest; at most three others are remembered.
    private ulong Rank(int revision)
    {
        int newest = Row.Revision, one = W1.Revision, two = W2.Revision, settled = Row.Settled;
        var rank = revision < newest ? 1UL : 0;
        if (one > revision && one < newest)
            rank++;
        if (two > revision && two < newest && two != one)
            rank++;
        if (settled > revision && settled < newest && settled != one && settled != two)
            rank++;
        return rank;
    }

    private ulong Pack(Worker worker, Holder who)
    {
        if (worker.At == At.Idle)
            return 0;
        var packed = (ulong)worker.At;
        packed = packed << 1 | (Row.Holder == who ? 1UL : 0);
        packed = packed << 3 | (worker.Revision == 0 ? 7 : Rank(worker.Revision));
        packed = packed << 2 | (byte)worker.Owned / 2u;
        packed = packed << 1 | worker.Content;
        packed = packed << 2 | (byte)(worker.Set & ~Names.C);
        packed = packed << 3 | (ulong)worker.Remove;
        return packed << 2 | (worker.Late ? 2UL : 0) | (worker.Proved ? 1UL : 0);
    }

    private static string Say(Worker worker) =>
        worker.At == At.Idle ? "idle" : $"{worker.At} r{worker.Revision}{(worker.Late ? " late" : "")}";
}
