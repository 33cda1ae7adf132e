namespace GrafeasBridge.Store.Postgres;

/// <summary>Changes and removes occurrences; <see cref="CreateGroup"/> stores them. The occurrence's row is locked first, then the digests it refers to.</summary>
internal static class Occurrences
{
    internal const string Find =
        $"""
        select seq, project, kind, content, original, content_sum from occurrences where project = {NameCommands.Project} and id = $2
        for no key update
        """;

    // Not read: what is damaged can be deleted.
    internal const string FindToDelete = $"select seq, project from occurrences where project = {NameCommands.Project} and id = $2 for update";

    private const string SetContent = "update occurrences set content = $2, original = $3, content_sum = $4 where seq = $1";
    private const string RemoveRow = "delete from occurrences where seq = $1";

    public static async Task<StoredMessage> UpdateAsync(
        PostgresSession session, string project, string id, Func<StoredMessage, NewOccurrence> change)
    {
        var found = await session.Use(Find).Add(project).Add(id).FirstAsync(
            static row => new Stored(row.Number(0), row.Number(1), (int)row.Number(2), row.Message(3)))
            ?? throw StoreRefusals.OccurrenceNotFound(project, id);
        var changed = change(found.Message);
        if (changed.Kind != found.Kind)
            throw StoreRefusals.KindFixed(project, id);

        var names = new Names(new KnownNames());
        names.Want(changed.VersionResolution);
        var first = new PostgresBatch(session);
        names.Ask(first);
        var digests = AskForDigests(first, found.Sequence);
        await first.RunAsync();
        digests.AddRange(changed.VersionResolution.DigestTags.Select(lesson => names.Digest(lesson.Digest)));
        digests.AddRange(changed.VersionResolution.ByDigest.Select(reference => names.Digest(reference.Digest)));
        var row = new LinkedRow(found.Project, found.Sequence, changed.VersionResolution, changed.TraceParent);
        var links = new Links(names, [row]);
        await UnlinkAsync(session, row, links.Dirty, digests);
        await links.ResolveAsync(session);
        var last = new PostgresBatch(session).Do(SetContent)
            .Add(found.Sequence).Add(changed.Content).Add(changed.Original).Add(ContentSum.Of(changed.Content, changed.Original));
        links.AddTo(last);
        links.Dirty.AddTo(last, session);
        await last.RunAsync();
        return new StoredMessage(changed.Content, changed.Original);
    }

    public static async Task<bool> DeleteAsync(PostgresSession session, string project, string id)
    {
        var found = await session.Use(FindToDelete).Add(project).Add(id).FirstAsync(static row => new Stored(row.Number(0), row.Number(1), 0, new StoredMessage([])))
            ?? throw StoreRefusals.OccurrenceNotFound(project, id);
        var first = new PostgresBatch(session);
        var digests = AskForDigests(first, found.Sequence);
        await first.RunAsync();
        var dirty = new DirtyVersions();
        var nowhere = new Mapping.VersionResolution([], [], [], [], null, null);
        await UnlinkAsync(session, new LinkedRow(found.Project, found.Sequence, nowhere, traceParent: null), dirty, digests);
        var last = new PostgresBatch(session).Do(RemoveRow).Add(found.Sequence);
        dirty.AddTo(last, session);
        await last.RunAsync();
        return true;
    }

    private static List<long> AskForDigests(PostgresBatch batch, long occurrence)
    {
        var digests = new List<long>();
        batch.Ask(Links.DigestsOf, row => digests.Add(row.Number(0))).Add(occurrence);
        return digests;
    }

    /// <summary>Removes what hangs on an occurrence while the digests that it referred to and will refer to are locked.</summary>
    private static async Task UnlinkAsync(PostgresSession session, LinkedRow row, DirtyVersions dirty, List<long> digests)
    {
        var batch = new PostgresBatch(session);
        if (digests.Count > 0)
            batch.Ask(Lessons.LockDigests, static _ => { }).Add(digests.ToArray());
        Links.Unlink(batch, row.Project, row.Sequence, dirty, row.TraceParent);
        await batch.RunAsync();
    }

    private sealed record Stored(long Sequence, long Project, int Kind, StoredMessage Message);
}
