using System.Security.Cryptography;
using GrafeasBridge.Store.Sqlite.Lists;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>Projects, notes and occurrences.</summary>
internal sealed partial class SqliteStore
{
    public Task AddProjectAsync(string project, CancellationToken cancellationToken) =>
        WriteAsync(session => Projects.Add(session, project), cancellationToken);

    public Task<bool> HasProjectAsync(string project, CancellationToken cancellationToken) =>
        ReadAsync(database => Projects.Has(database, project), cancellationToken);

    public Task DeleteProjectAsync(string project, CancellationToken cancellationToken) =>
        WriteAsync(session => Projects.Delete(session, project), cancellationToken);

    public Task<IReadOnlyList<StoredProject>> ListProjectsAsync(long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<StoredProject>>(database => Projects.List(database, after, limit), cancellationToken);

    public Task AddNotesAsync(IReadOnlyList<NewNote> notes, CancellationToken cancellationToken) =>
        WriteAsync(session => Notes.Add(session, notes), cancellationToken, notes.Count, notes.Sum(note => (long)note.Content.Length + (note.Original?.Length ?? 0)));

    public Task<StoredMessage?> FindNoteAsync(string project, string id, CancellationToken cancellationToken) =>
        ReadAsync(database => Notes.Message(database, project, id), cancellationToken);

    public Task<StoredMessage> UpdateNoteAsync(
        string project, string id, Func<StoredMessage, StoredMessage> change, CancellationToken cancellationToken) =>
        WriteAsync(session => Notes.Update(session, project, id, change), cancellationToken);

    public Task DeleteNoteAsync(string project, string id, CancellationToken cancellationToken) =>
        WriteAsync(session => Notes.Delete(session, project, id), cancellationToken);

    public Task<ListPart<StoredItem>> ListNotesAsync(string project, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(database => database.InSnapshot(() => StoredLists.Notes(database, project, query, cancellationToken)), cancellationToken);

    public Task<IReadOnlyList<AddedOccurrence>> AddOccurrencesAsync(
        IReadOnlyList<NewOccurrence> occurrences, NewUpload? upload, CancellationToken cancellationToken)
    {
        long bytes = upload?.Content.Length ?? 0;
        var digests = new byte[occurrences.Count][];
        for (var i = 0; i < occurrences.Count; i++)
        {
            bytes += occurrences[i].Content.Length + (occurrences[i].Original?.Length ?? 0);
            digests[i] = SHA256.HashData(occurrences[i].Content);
        }

        var items = occurrences.Count + (upload is null ? 0 : 1);
        return WriteAsync(session => AddOccurrences(session, occurrences, digests, upload), cancellationToken, items, bytes);
    }

    /// <summary>Occurrences are first: only they can be refused.</summary>
    private static IReadOnlyList<AddedOccurrence> AddOccurrences(
        WriteSession session, IReadOnlyList<NewOccurrence> occurrences, byte[][] digests, NewUpload? upload)
    {
        var added = Occurrences.Add(session, occurrences, digests);
        if (upload is not null)
            Uploads.Add(session, upload);
        return added;
    }

    public Task<byte[]?> FindUploadAsync(string project, string gitoid, CancellationToken cancellationToken) =>
        ReadAsync(database => Uploads.Content(database, project, gitoid), cancellationToken);

    public Task<StoredMessage?> FindOccurrenceAsync(string project, string id, CancellationToken cancellationToken) =>
        ReadAsync(database => OccurrenceQueries.Message(database, project, id), cancellationToken);

    public Task<(Creation Creation, StoredMessage Message)?> FindCreationAsync(
        string project, string id, CancellationToken cancellationToken) =>
        ReadAsync(database => OccurrenceQueries.Creation(database, project, id), cancellationToken);

    public Task<StoredMessage> UpdateOccurrenceAsync(
        string project, string id, Func<StoredMessage, NewOccurrence> change, CancellationToken cancellationToken) =>
        WriteAsync(session => Occurrences.Update(session, project, id, change), cancellationToken);

    public Task DeleteOccurrenceAsync(string project, string id, CancellationToken cancellationToken) =>
        WriteAsync(session => Occurrences.Delete(session, project, id), cancellationToken);

    public Task<ListPart<StoredItem>> ListOccurrencesAsync(string project, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(database => database.InSnapshot(() => StoredLists.Occurrences(database, project, query, cancellationToken)), cancellationToken);

    public Task<ListPart<StoredItem>> ListNoteOccurrencesAsync(
        string noteProject, string noteId, IReadOnlyList<string>? projects, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(
            database => database.InSnapshot(
                () => StoredLists.OccurrencesOfNote(database, noteProject, noteId, projects, query, cancellationToken)),
            cancellationToken);

    public Task<IReadOnlyList<UnmappedItem>> ListUnmappedAsync(
        string project, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<UnmappedItem>>(
            database => OccurrenceQueries.ListUnmapped(database, project, after, limit), cancellationToken);
}
