using BintrayEmulator.Attributes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Faults;

/// <summary>A call whose write is lost, cut short, or undone later, while its answer tells of success.</summary>
internal sealed class FaultyCallWriter(WriteEffects effects, DeferredChanges deferred) : CallWriter
{
    private (AttributeOwner Owner, IReadOnlyList<StoredAttribute> Before, IReadOnlyList<StoredAttribute> After)? changed;

    public override async Task<T> WriteAsync<T>(EmulatorStore store, Func<Session, T> work, CancellationToken cancellationToken)
    {
        var result = await base.WriteAsync(store, effects.LosesWrite ? session => RollBack(session, work) : work, cancellationToken);

        // Before the caller has the answer: its next call already counts.
        if (effects.Deferred is { } fault && changed is { } change)
            deferred.Arrange(fault, change.Owner, change.Before, change.After);

        return result;
    }

    public override Answer ChangeAttributes(
        Session session, AttributeOwner owner, IReadOnlyList<StoredAttribute> written, Func<Answer> change)
    {
        var before = session.Attributes(owner);
        var answer = change();
        if (effects.TruncatesTo is { } length)
            session.MergeAttributes(owner, written.Select(a => Truncate(a, length)));

        changed = (owner, before, session.Attributes(owner));
        return answer;
    }

    private static T RollBack<T>(Session session, Func<Session, T> work)
    {
        session.Execute("savepoint lost_write");
        var result = work(session);
        session.Execute("rollback to lost_write");
        return result;
    }

    private static StoredAttribute Truncate(StoredAttribute attribute, int length) =>
        attribute.Type is AttributeType.String or AttributeType.Version
            ? attribute with { Values = [.. attribute.Values.Select(v => v.Length <= length ? v : v[..length])] }
            : attribute;
}
