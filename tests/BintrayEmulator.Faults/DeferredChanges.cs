using BintrayEmulator.Attributes;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Faults;

/// <summary>When a deferred change is due: after a time, after so many further calls, or what of the two is first.</summary>
internal sealed record DeferredFault(FaultKind Kind, TimeSpan? After, int? AfterCalls);

/// <summary>
/// Writes that were kept and answered, and that will be undone. They are carried out by the first call that finds them due, before that
/// call sees anything, so nobody can tell that no timer was there. A restart forgets those that are not due yet.
/// </summary>
internal sealed class DeferredChanges(EmulatorStore store, TimeProvider clock)
{
    // Each call looks at all of them. More are not arranged.
    private const int MaxOpen = 10_000;

    private readonly Lock gate = new();
    private readonly List<Change> open = [];
    private long calls;

    /// <summary>Arranges that what turned <paramref name="before"/> into <paramref name="after"/> is undone, or that the version goes.</summary>
    public void Arrange(DeferredFault fault, AttributeOwner owner, IReadOnlyList<StoredAttribute> before, IReadOnlyList<StoredAttribute> after)
    {
        lock (gate)
        {
            if (open.Count < MaxOpen)
                open.Add(new Change(fault.Kind, owner, before, after, clock.GetUtcNow() + fault.After, calls + fault.AfterCalls));
        }
    }

    /// <summary>Carries out what is due.</summary>
    /// <param name="isCall">A call on the service, which is counted; the emulator's own pages are not.</param>
    public async Task CatchUpAsync(bool isCall)
    {
        foreach (var change in TakeDue(isCall))
            await store.WriteAsync(session => change.Apply(session), CancellationToken.None);
    }

    private List<Change> TakeDue(bool isCall)
    {
        lock (gate)
        {
            var seen = calls;
            calls += isCall ? 1 : 0;
            if (open.Count == 0)
                return [];

            var now = clock.GetUtcNow();
            var due = open.FindAll(c => c.Due <= now || c.DueCall <= seen);
            if (due.Count > 0)
                open.RemoveAll(due.Contains);

            return due;
        }
    }

    private sealed class Change(
        FaultKind kind,
        AttributeOwner owner,
        IReadOnlyList<StoredAttribute> before,
        IReadOnlyList<StoredAttribute> after,
        DateTimeOffset? due,
        long? dueCall)
    {
        public DateTimeOffset? Due { get; } = due;

        public long? DueCall { get; } = dueCall;

        public bool Apply(Session session)
        {
            if (!session.OwnerExists(owner))
                return false;

            if (kind == FaultKind.DeleteVersion)
            {
                session.DeleteVersion(owner, FaultPlan.Word(kind));
                return true;
            }

            Undo(session);
            session.RecordChange(owner, FaultPlan.Word(kind));
            return true;
        }

        // What somebody wrote over since stays.
        private void Undo(Session session)
        {
            var now = session.Attributes(owner);
            var names = before.Concat(after).Select(a => a.Name).Distinct(StringComparer.Ordinal)
                .Where(n => !Same(Find(before, n), Find(after, n)) && Same(Find(now, n), Find(after, n)))
                .ToList();
            session.DeleteAttributes(owner, names);
            session.MergeAttributes(owner, names.Select(n => Find(before, n)).OfType<StoredAttribute>());
        }

        private static StoredAttribute? Find(IEnumerable<StoredAttribute> attributes, string name) =>
            attributes.FirstOrDefault(a => a.Name == name);

        private static bool Same(StoredAttribute? one, StoredAttribute? other) =>
            one is null || other is null ? one == other : one.Type == other.Type && one.Values.SequenceEqual(other.Values);
    }
}
