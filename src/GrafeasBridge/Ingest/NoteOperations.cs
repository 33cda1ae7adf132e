using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>
/// The methods on notes, for the messages of any version. In every method: the names, the body's presence, access, the rest of
/// the body, the page, the store.
/// </summary>
internal sealed class NoteOperations<T>(IBridgeStore store, INoteAdapter<T> adapter, ListReader lists, BatchLimit batches, TimeProvider clock)
    where T : class, IMessage<T>, IDeepCloneable<T>
{
    private const string Type = "note";

    public async Task<T> CreateAsync(string parent, string id, T? note, ServerCallContext context)
    {
        var project = ResourceNames.Project(parent, "parent");
        if (ResourceNames.ProblemOfId(id) is { } problem)
            throw Errors.Invalid("note_id", problem);
        if (note is null)
            throw Errors.Invalid(adapter.Field, "is required");
        context.Require(Role.Send, project);
        Refuse(note);

        var stored = New(project, id, note);
        await StoreErrors.AboutAsync(
            store.AddNotesAsync([stored], context.CancellationToken), Type, new NoteName(project, id).ToString());
        return note;
    }

    /// <summary>All or none. An id that is taken is INVALID_ARGUMENT here, with the path that says which.</summary>
    public async Task<IEnumerable<T>> CreateAllAsync(string parent, MapField<string, T> notes, ServerCallContext context)
    {
        var project = ResourceNames.Project(parent, "parent");
        batches.Refuse(notes.Count, "notes");
        context.Require(Role.Send, project);
        Refuse(notes);

        NewNote[] stored = [.. notes.Select(entry => New(project, entry.Key, entry.Value))];
        try
        {
            await store.AddNotesAsync(stored, context.CancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.AlreadyExists && refused.Index >= 0)
        {
            throw Errors.Invalid($"notes[{QuotedText.Shorten(stored[refused.Index].Id)}]", refused.Message);
        }

        return notes.Values;
    }

    public async Task<T> GetAsync(string name, ServerCallContext context)
    {
        var note = ResourceNames.Note(name, "name");
        context.Require(Role.Read, note.Project);
        return await FindAsync(note, context.CancellationToken);
    }

    /// <summary>Reads a note that the caller may read.</summary>
    public async Task<T> FindAsync(NoteName name, CancellationToken cancellationToken)
    {
        var stored = await store.FindNoteAsync(name.Project, name.Id, cancellationToken);
        return stored is null ? throw Errors.NotFound(Type, name.ToString()) : adapter.Read(stored);
    }

    public async Task<(IReadOnlyList<T> Notes, string NextPageToken)> ListAsync(
        string parent, string filter, int pageSize, string pageToken, ServerCallContext context)
    {
        var project = ResourceNames.Project(parent, "parent");
        context.Require(Role.Read, project);
        return await lists.ReadAsync(
            new ListCall(adapter.Version + "ListNotes", project, filter, adapter.Subject, pageSize, pageToken),
            query => store.ListNotesAsync(project, query, context.CancellationToken),
            item => (item.Sequence, adapter.Read(item.Message)),
            context.CancellationToken);
    }

    public async Task<T> UpdateAsync(string name, T? body, FieldMask? updateMask, ServerCallContext context)
    {
        var note = ResourceNames.Note(name, "name");
        if (body is null)
            throw Errors.Invalid(adapter.Field, "is required");
        context.Require(Role.Send, note.Project);
        var mask = UpdateMask.Parse(updateMask, adapter.Subject.Root);
        try
        {
            var changed = await store.UpdateNoteAsync(
                note.Project,
                note.Id,
                stored =>
                {
                    var storedForm = adapter.Changed(stored, Updates.Apply(adapter, stored, body, mask, clock));
                    return new StoredMessage(storedForm.Content, storedForm.Original);
                },
                context.CancellationToken);
            return adapter.Read(changed);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound)
        {
            throw Errors.From(refused, Type, note.ToString());
        }
    }

    public Task<Empty> DeleteAsync(string name, ServerCallContext context)
    {
        var note = ResourceNames.Note(name, "name");
        context.Require(Role.Operate, note.Project);
        return StoreErrors.AboutAsync(store.DeleteNoteAsync(note.Project, note.Id, context.CancellationToken), Type, note.ToString());
    }

    private NewNote New(string project, string id, T note)
    {
        adapter.Set(note, new NoteName(project, id).ToString(), Timestamp.FromDateTimeOffset(clock.GetUtcNow()));
        var storedForm = adapter.New(note);
        return new NewNote(project, id, storedForm.Kind, storedForm.Content, storedForm.Original);
    }

    private void Refuse(T note)
    {
        adapter.Clear(note);
        Checker check = default;
        check.Enter(adapter.Field);
        adapter.Check(ref check, note);
        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    private void Refuse(MapField<string, T> notes)
    {
        Checker check = default;
        foreach (var entry in notes)
        {
            check.Enter("notes", entry.Key);
            if (ResourceNames.ProblemOfId(entry.Key) is { } problem)
                check.Add(string.Empty, $"is under an id that {problem}");
            adapter.Clear(entry.Value);
            adapter.Check(ref check, entry.Value);
            check.Leave();
        }

        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }
}
