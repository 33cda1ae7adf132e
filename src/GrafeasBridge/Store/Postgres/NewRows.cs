namespace GrafeasBridge.Store.Postgres;

/// <summary>An occurrence that a transaction stores or changes: where it stands and what it concerns.</summary>
/// <param name="project">Key of its project.</param>
internal sealed class LinkedRow(long project, long sequence, Mapping.VersionResolution placement, string? traceParent)
{
    public long Project => project;

    public long Sequence => sequence;

    public Mapping.VersionResolution VersionResolution => placement;

    public string? TraceParent => traceParent;

    /// <summary>Why it concerns no version yet; null when it does.</summary>
    public string? UnmappedReason { get; set; }
}

/// <summary>Occurrences of a group that are to be stored, as the columns of one command.</summary>
internal sealed class NewRows
{
    internal const string Insert =
        """
        insert into occurrences (seq, project, note, kind, create_time, id, resource_uri, request_id, content_hash, content, original,
        created_digest, content_sum) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """;

    private readonly List<(CreateOperation Operation, int Index, long Note)> rows = [];

    public List<LinkedRow> Linked { get; } = [];

    public int Count => rows.Count;

    public void Add(CreateOperation operation, int index, long note, LinkedRow linked)
    {
        rows.Add((operation, index, note));
        Linked.Add(linked);
    }

    public void AddTo(PostgresBatch batch)
    {
        if (rows.Count == 0)
            return;
        batch.Do(Insert)
            .Add(Linked.ConvertAll(static row => row.Sequence).ToArray())
            .Add(Linked.ConvertAll(static row => row.Project).ToArray())
            .Add(Column(static (row, _) => row.Note))
            .Add(Column(static (_, occurrence) => occurrence.Kind))
            .Add(Column(static (_, occurrence) => occurrence.CreateTime.UtcTicks))
            .Add(Column(static (_, occurrence) => occurrence.Id))
            .Add(Column(static (_, occurrence) => occurrence.ResourceUri))
            .Add(Column(static (_, occurrence) => occurrence.RequestId))
            .Add(Column(static (_, occurrence) => occurrence.ContentHash))
            .Add(Column(static (_, occurrence) => occurrence.Content))
            .Add(Column(static (_, occurrence) => occurrence.Original))
            .Add(Column(static (row, _) => row.Operation.Digests[row.Index]))
            .Add(Column(static (_, occurrence) => ContentSum.Of(occurrence.Content, occurrence.Original)));
    }

    /// <summary>Tells each operation what was stored.</summary>
    public void Tell()
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var (operation, index, _) = rows[i];
            var occurrence = operation.Occurrences[index];
            var creation = new Creation(occurrence.Name, Linked[i].Sequence, occurrence.CreateTime, operation.Digests[index]);
            operation.Added[index] = new AddedOccurrence(
                new StoredMessage(occurrence.Content, occurrence.Original), Repeated: false, Linked[i].UnmappedReason, creation);
        }
    }

    private T[] Column<T>(Func<(CreateOperation Operation, int Index, long Note), NewOccurrence, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i], rows[i].Operation.Occurrences[rows[i].Index]);
        return column;
    }
}
