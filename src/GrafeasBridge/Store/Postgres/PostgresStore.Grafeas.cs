using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Projects, notes and occurrences.</summary>
internal sealed partial class PostgresStore
{
    /// <summary>Bytes after which a group of new occurrences takes no further one.</summary>
    private const long MaxGroupBytes = 8 << 20;

    private WriteQueue<CreateOperation>? creates;
    private PostgresWriter? writer;
    private string[]? ensured;

    public Task AddProjectAsync(string project, CancellationToken cancellationToken) =>
        WriteAsync(session => Projects.AddAsync(session, project), cancellationToken);

    public Task<bool> HasProjectAsync(string project, CancellationToken cancellationToken) =>
        ReadAsync(session => Projects.HasAsync(session, project), cancellationToken);

    public Task DeleteProjectAsync(string project, CancellationToken cancellationToken) =>
        WriteAsync(session => Projects.DeleteAsync(session, project), cancellationToken);

    public Task<IReadOnlyList<StoredProject>> ListProjectsAsync(long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => Projects.ListAsync(session, after, limit), cancellationToken);

    public Task AddNotesAsync(IReadOnlyList<NewNote> notes, CancellationToken cancellationToken) =>
        WriteAsync(session => Notes.AddAsync(session, notes), cancellationToken);

    public Task<StoredMessage?> FindNoteAsync(string project, string id, CancellationToken cancellationToken) =>
        ReadAsync(session => Notes.MessageAsync(session, project, id), cancellationToken);

    public Task<StoredMessage> UpdateNoteAsync(
        string project, string id, Func<StoredMessage, StoredMessage> change, CancellationToken cancellationToken) =>
        WriteAsync(session => Notes.UpdateAsync(session, project, id, change), cancellationToken);

    public Task DeleteNoteAsync(string project, string id, CancellationToken cancellationToken) =>
        WriteAsync(session => Notes.DeleteAsync(session, project, id), cancellationToken);

    public Task<IReadOnlyList<AddedOccurrence>> AddOccurrencesAsync(
        IReadOnlyList<NewOccurrence> occurrences, NewUpload? upload, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<IReadOnlyList<AddedOccurrence>>(cancellationToken);
        ThrowIfNotOpen();
        var operation = CreateOperation.Of(occurrences, upload, cancellationToken);
        creates!.Add(operation);
        return operation.Completion;
    }

    public Task<byte[]?> FindUploadAsync(string project, string gitoid, CancellationToken cancellationToken) =>
        ReadAsync(session => Uploads.ContentAsync(session, project, gitoid), cancellationToken);

    public Task<StoredMessage?> FindOccurrenceAsync(string project, string id, CancellationToken cancellationToken) =>
        ReadAsync(session => OccurrenceQueries.MessageAsync(session, project, id), cancellationToken);

    public Task<(Creation Creation, StoredMessage Message)?> FindCreationAsync(
        string project, string id, CancellationToken cancellationToken) =>
        ReadInSnapshotAsync(session => OccurrenceQueries.CreationAsync(session, project, id), cancellationToken);

    public Task<StoredMessage> UpdateOccurrenceAsync(
        string project, string id, Func<StoredMessage, NewOccurrence> change, CancellationToken cancellationToken) =>
        WriteAsync(session => Occurrences.UpdateAsync(session, project, id, change), cancellationToken);

    public Task DeleteOccurrenceAsync(string project, string id, CancellationToken cancellationToken) =>
        WriteAsync(session => Occurrences.DeleteAsync(session, project, id), cancellationToken);

    public Task<IReadOnlyList<UnmappedItem>> ListUnmappedAsync(
        string project, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => OccurrenceQueries.ListUnmappedAsync(session, project, after, limit), cancellationToken);

    public IAsyncEnumerable<byte[]> ReadOccurrencesOfAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        OccurrenceQueries.OfVersionAsync(
            place => ReadAsync(session => OccurrenceQueries.OfVersionAsync(session, version, place), cancellationToken), cancellationToken);

    public async Task EnsureTargetsAsync(IReadOnlyList<string> targets, CancellationToken cancellationToken)
    {
        string[] names = [.. targets];
        var toFill = await WriteAsync(session => TargetRows.BeginAsync(session, names), cancellationToken);
        foreach (var (key, name) in toFill)
        {
            // In parts, so that other writers are not kept waiting.
            for (long? after = 0; after is { } last;)
                after = await WriteAsync(session => TargetRows.MarkNextAsync(session, key, name, last), cancellationToken);
        }

        ensured = names;
    }

    private async Task OpenWriterAsync(CancellationToken cancellationToken)
    {
        creates = new WriteQueue<CreateOperation>(Options.MaxQueuedWrites, Options.MaxQueuedBytes, MaxGroupBytes);
        writer = new PostgresWriter(creates, database!, time, TargetNames, HaveTargetsAsync, Wake, Clock, logger);
        await writer.OpenAsync(cancellationToken);
    }

    private async Task CloseWriterAsync()
    {
        creates?.Close();
        if (writer is null)
            return;
        await writer.Ended;
        await writer.DisposeAsync();
    }

    /// <summary>While this bridge had no connection another one may have deactivated its targets.</summary>
    private async Task HaveTargetsAsync()
    {
        if (ensured is { } names && await ReadAsync(session => session.Use(TargetRows.Lacking).Add(names).NumberAsync(), CancellationToken.None) > 0)
            await EnsureTargetsAsync(names, CancellationToken.None);
    }
}
