using System.Runtime.InteropServices;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// What a group must know before it decides: notes, requests that are stored or past retention, and places in order of sequence; and, once
/// a run met a name that was taken, which names are.
/// </summary>
internal sealed class GroupReading(List<CreateOperation> group, bool lookForTakenIds)
{
    internal const string FindNotes =
        $"""
        select n.place, t.name, t.kind from unnest($1, $2) with ordinality n (project, id, place) {NameCommands.ItsProject}
        cross join lateral (select key from note_names where project = p.key and id = n.id limit 1) k
        cross join lateral (select name, kind from notes where name = k.key limit 1) t
        """;

    internal const string FindRequests =
        $"""
        select n.place, o.seq, o.id, o.content_hash, o.create_time, o.created_digest, o.content, o.original, o.content_sum, u.reason
        from unnest($1, $2) with ordinality n (project, request, place) {NameCommands.ItsProject}
        cross join lateral (select * from occurrences where {SameRequest} limit 1) o
        left join lateral (select reason from unmapped where project = p.key and occurrence = o.seq limit 1) u on true
        """;

    internal const string FindRetired =
        $"""
        select n.place, o.seq, o.id, o.content_hash, o.create_time, o.created_digest
        from unnest($1, $2) with ordinality n (project, request, place) {NameCommands.ItsProject}
        cross join lateral (select * from retired where {SameRequest} limit 1) o
        """;

    internal const string FindTaken =
        $"""
        select n.place from unnest($1, $2) with ordinality n (project, id, place) {NameCommands.ItsProject}
        cross join lateral (select 1 from occurrences where project = p.key and id = n.id limit 1) o
        """;

    private const string SameRequest =
        "project = p.key and request_id is not null and md5(request_id)::uuid = md5(n.request)::uuid and request_id = n.request";

    private const string Places = "select nextval('occurrences_seq_seq') from generate_series(1, $1)";

    private readonly Dictionary<(string Project, string Id), NoteKey?> notes = [];
    private readonly Dictionary<(string Project, string Request), StoredRequest?> requests = [];
    private readonly HashSet<(string Project, string Id)> taken = [];
    private readonly List<long> places = [];
    private int next;

    public NoteKey? Note(NewOccurrence occurrence) => notes[(occurrence.NoteProject, occurrence.NoteId)];

    public StoredRequest? Request(NewOccurrence occurrence) =>
        occurrence.RequestId is { } request ? requests[(occurrence.Project, request)] : null;

    public bool IsTaken(NewOccurrence occurrence) => lookForTakenIds && taken.Contains((occurrence.Project, occurrence.Id));

    public long NextPlace() => places[next++];

    public void Ask(PostgresBatch batch, Names names)
    {
        var count = 0;
        foreach (var operation in group)
        {
            count += operation.Occurrences.Count;
            if (operation.Upload is { } upload)
                names.WantProject(upload.Project);
            foreach (var occurrence in operation.Occurrences)
            {
                names.WantProject(occurrence.Project);
                names.Want(occurrence.VersionResolution);
                notes.TryAdd((occurrence.NoteProject, occurrence.NoteId), null);
                if (occurrence.RequestId is { } request)
                    requests.TryAdd((occurrence.Project, request), null);
            }
        }

        names.Ask(batch);
        AskForNotes(batch);
        AskForRequests(batch);
        if (lookForTakenIds)
            AskForTaken(batch);
        batch.Ask(Places, row => places.Add(row.Number(0))).Add(count);
    }

    private void AskForNotes(PostgresBatch batch)
    {
        (string Project, string Id)[] wanted = [.. notes.Keys];
        Ask(batch, FindNotes, wanted, row => notes[wanted[row.Number(0) - 1]] = new NoteKey(row.Number(1), (int)row.Number(2)));
    }

    private void AskForRequests(PostgresBatch batch)
    {
        if (requests.Count == 0)
            return;
        (string Project, string Request)[] wanted = [.. requests.Keys];
        Ask(batch, FindRetired, wanted, row => requests[wanted[row.Number(0) - 1]] = StoredRequest.Retired(row));
        Ask(batch, FindRequests, wanted, row => requests[wanted[row.Number(0) - 1]] = StoredRequest.Of(row));
    }

    private void AskForTaken(PostgresBatch batch)
    {
        var wanted = new List<(string Project, string Id)>();
        foreach (var operation in group)
            wanted.AddRange(operation.Occurrences.Select(static occurrence => (occurrence.Project, occurrence.Id)));
        (string, string)[] ids = [.. wanted];
        Ask(batch, FindTaken, ids, row => taken.Add(ids[row.Number(0) - 1]));
    }

    private static void Ask(PostgresBatch batch, string sql, (string Project, string Name)[] names, Action<PostgresRow> read)
    {
        if (names.Length == 0)
            return;
        batch.Ask(sql, read)
            .Add(Array.ConvertAll(names, static name => name.Project))
            .Add(Array.ConvertAll(names, static name => name.Name));
    }
}

/// <summary>A request that was sent before, as it is kept.</summary>
/// <param name="Message">Null when the occurrence is past retention.</param>
/// <param name="Sum">As in <see cref="ContentSum"/>; compared only when the message is given to somebody.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoredRequest(
    long Sequence, string Id, byte[] Hash, DateTimeOffset Time, byte[]? Digest, StoredMessage? Message, long? Sum, string? Reason)
{
    public static StoredRequest Of(PostgresRow row) => Retired(row) with
    {
        Message = new StoredMessage(row.Bytes(6), row.BytesOrNull(7)),
        Sum = row.NumberOrNull(8),
        Reason = row.TextOrNull(9),
    };

    public static StoredRequest Retired(PostgresRow row) =>
        new(row.Number(1), row.Text(2), row.Bytes(3), row.Time(4), row.BytesOrNull(5), null, null, null);
}
