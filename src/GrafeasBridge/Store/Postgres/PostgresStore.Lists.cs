using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Lists by condition.</summary>
internal sealed partial class PostgresStore
{
    public Task<ListPart<StoredItem>> ListNotesAsync(string project, ListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<ListPart<StoredItem>> ListOccurrencesAsync(string project, ListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<ListPart<StoredItem>> ListNoteOccurrencesAsync(
        string noteProject, string noteId, IReadOnlyList<string>? projects, ListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();
}
