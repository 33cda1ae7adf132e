using GrafeasBridge.Store.Postgres.Lists;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Lists by condition.</summary>
internal sealed partial class PostgresStore
{
    public Task<ListPart<StoredItem>> ListNotesAsync(string project, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(session => StoredLists.NotesAsync(session, project, query), cancellationToken);

    public Task<ListPart<StoredItem>> ListOccurrencesAsync(string project, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(session => StoredLists.OccurrencesAsync(session, project, query), cancellationToken);

    public Task<ListPart<StoredItem>> ListNoteOccurrencesAsync(
        string noteProject, string noteId, IReadOnlyList<string>? projects, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(session => StoredLists.OccurrencesOfNoteAsync(session, noteProject, noteId, projects, query), cancellationToken);
}
