using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Reads occurrences: by name, unmapped ones, and those of a version.</summary>
internal static class OccurrenceQueries
{
    internal const string MessageByName =
        $"select content, original, content_sum from occurrences where project = {NameCommands.Project} and id = $2";

    internal const string CreationByName =
        $"""
        select seq, create_time, created_digest, content, original, content_sum from occurrences
        where project = {NameCommands.Project} and id = $2
        """;

    internal const string RetiredByName =
        $"select seq, create_time, created_digest from compacted_occurrences where project = {NameCommands.Project} and id = $2";

    internal const string PageOfUnmapped =
        $"""
        select u.occurrence, o.id, o.resource_uri, u.reason, o.create_time
        from unmapped u join occurrences o on o.seq = u.occurrence
        where u.project = {NameCommands.Project} and u.occurrence > $2 order by u.occurrence limit $3
        """;

    // Contents are kept out of line when they are large: the sizes are asked for without reading them.
    internal const string PartOfVersion =
        $"""
        select project, occurrence, content, original, content_sum from (
            select l.project, l.occurrence, o.content, o.original, o.content_sum,
                sum(octet_length(o.content)) over (order by l.project, l.occurrence) - octet_length(o.content) as before
            from (
                select project, occurrence from links where coordinate = {NameCommands.Coordinate} and (project, occurrence) > ($5, $6)
                order by project, occurrence limit $7) l
            join occurrences o on o.seq = l.occurrence) part
        where before < $8 order by project, occurrence
        """;

    public static Task<StoredMessage?> MessageAsync(PostgresSession session, string project, string id) =>
        session.Use(MessageByName).Add(project).Add(id).FirstAsync(static row => row.Message(0));

    public static async Task<(Creation Creation, StoredMessage Message)?> CreationAsync(PostgresSession session, string project, string id)
    {
        var name = StoredNames.Occurrence(project, id);
        var stored = await session.Use(CreationByName).Add(project).Add(id).AllAsync(
            row => (CreationOf(row, name), row.Message(3)));
        if (stored.Count == 0)
            stored = await session.Use(RetiredByName).Add(project).Add(id).AllAsync(row => (CreationOf(row, name), new StoredMessage([])));
        return stored.Count == 0 ? null : stored[0];
    }

    public static async Task<IReadOnlyList<UnmappedItem>> ListUnmappedAsync(PostgresSession session, string project, long after, int limit) =>
        await session.Use(PageOfUnmapped).Add(project).Add(after).Add(limit).AllAsync(
            row => new UnmappedItem(row.Number(0), StoredNames.Occurrence(project, row.Text(1)), row.Text(2), row.Text(3), row.Time(4)));

    /// <summary>Some of a version's occurrences.</summary>
    /// <param name="after">Where the part before ended.</param>
    public static Task<List<(OccurrencePlace Place, byte[] Content)>> OfVersionAsync(
        PostgresSession session, VersionCoordinates version, OccurrencePlace after) =>
        session.Use(PartOfVersion).Add(version.Subject).Add(version.Repo).Add(version.Package).Add(version.Version)
            .Add(after.Project).Add(after.Occurrence).Add(OccurrencePlace.PartRows).Add(OccurrencePlace.PartBytes)
            .AllAsync(static row => (new OccurrencePlace(row.Number(0), row.Number(1)), row.Message(2).Content));

    /// <remarks>In parts, each a read of its own: a slow reader must not hold a connection. A change in between marks the version.</remarks>
    public static async IAsyncEnumerable<byte[]> OfVersionAsync(
        Func<OccurrencePlace, Task<List<(OccurrencePlace Place, byte[] Content)>>> readPart, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OccurrencePlace place = default;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = await readPart(place);
            foreach (var (_, content) in part)
                yield return content;
            // One command sees links and occurrences of one moment: a part that is short of both limits has nothing behind it.
            if (part.Count < OccurrencePlace.PartRows && part.Sum(static read => (long)read.Content.Length) < OccurrencePlace.PartBytes)
                yield break;
            place = part[^1].Place;
        }
    }

    private static Creation CreationOf(PostgresRow row, string name) => new(name, row.Number(0), row.Time(1), row.BytesOrNull(2));
}
