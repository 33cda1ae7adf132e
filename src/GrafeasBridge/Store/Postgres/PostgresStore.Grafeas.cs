using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Projects, notes and occurrences.</summary>
internal sealed partial class PostgresStore
{
    public Task AddProjectAsync(string project, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<bool> HasProjectAsync(string project, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task DeleteProjectAsync(string project, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<StoredProject>> ListProjectsAsync(long after, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task AddNotesAsync(IReadOnlyList<NewNote> notes, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<StoredMessage?> FindNoteAsync(string project, string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<StoredMessage> UpdateNoteAsync(
        string project, string id, Func<StoredMessage, StoredMessage> change, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task DeleteNoteAsync(string project, string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<AddedOccurrence>> AddOccurrencesAsync(
        IReadOnlyList<NewOccurrence> occurrences, NewUpload? upload, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<byte[]?> FindUploadAsync(string project, string gitoid, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<StoredMessage?> FindOccurrenceAsync(string project, string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<(Creation Creation, StoredMessage Message)?> FindCreationAsync(string project, string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<StoredMessage> UpdateOccurrenceAsync(
        string project, string id, Func<StoredMessage, NewOccurrence> change, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task DeleteOccurrenceAsync(string project, string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<UnmappedItem>> ListUnmappedAsync(string project, long after, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    public IAsyncEnumerable<byte[]> ReadOccurrencesOfAsync(VersionCoordinates version, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task EnsureTargetsAsync(IReadOnlyList<string> targets, CancellationToken cancellationToken) => throw new NotImplementedException();

    private sealed class Intake
    {
        public int Waiting => 0;
    }

    private Intake? intake;

    private void OpenIntake() => intake = new Intake();

    private Task CloseIntakeAsync() => Task.CompletedTask;
}
