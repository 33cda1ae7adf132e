using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>The methods on notes.</summary>
internal sealed partial class GrafeasService
{
    public override async Task<Note> CreateNote(CreateNoteRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Parent, "parent");
        if (ResourceNames.ProblemOfId(request.NoteId) is { } problem) throw Errors.Invalid("note_id", problem);
        if (request.Note is null) throw Errors.Invalid("note", "is required");
        context.Require(Role.Send, project);
        Refuse(request.Note);

        NewNote note = New(project, request.NoteId, request.Note);
        await AboutAsync(store.AddNotesAsync([note], context.CancellationToken), NoteType, request.Note.Name);
        return request.Note;
    }

    /// <summary>All or none. An id that is taken is INVALID_ARGUMENT here, with the path that says which.</summary>
    public override async Task<BatchCreateNotesResponse> BatchCreateNotes(BatchCreateNotesRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Parent, "parent");
        RefuseBatch(request.Notes.Count, "notes");
        context.Require(Role.Send, project);
        Refuse(request);

        NewNote[] notes = [.. request.Notes.Select(entry => New(project, entry.Key, entry.Value))];
        try
        {
            await store.AddNotesAsync(notes, context.CancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.AlreadyExists && refused.Index >= 0)
        {
            throw Errors.Invalid($"notes[{Text.Short(notes[refused.Index].Id)}]", refused.Message);
        }

        var response = new BatchCreateNotesResponse();
        response.Notes.AddRange(request.Notes.Values);
        return response;
    }

    public override async Task<Note> GetNote(GetNoteRequest request, ServerCallContext context)
    {
        NoteName name = ResourceNames.Note(request.Name, "name");
        context.Require(Role.Read, name.Project);
        return await FindAsync(name, context.CancellationToken);
    }

    public override async Task<ListNotesResponse> ListNotes(ListNotesRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Parent, "parent");
        context.Require(Role.Read, project);
        (IReadOnlyList<Note> items, string next) = await lists.ReadAsync(
            new ListCall("ListNotes", project, request.Filter, FilterSubject.Notes, request.PageSize, request.PageToken),
            query => store.ListNotesAsync(project, query, context.CancellationToken),
            View(Note.Parser),
            context.CancellationToken);
        var response = new ListNotesResponse { NextPageToken = next };
        response.Notes.AddRange(items);
        return response;
    }

    public override async Task<Note> UpdateNote(UpdateNoteRequest request, ServerCallContext context)
    {
        NoteName name = ResourceNames.Note(request.Name, "name");
        if (request.Note is null) throw Errors.Invalid("note", "is required");
        context.Require(Role.Send, name.Project);
        UpdateMask mask = UpdateMask.Parse(request.UpdateMask, Note.Descriptor);
        try
        {
            StoredMessage changed = await store.UpdateNoteAsync(
                name.Project,
                name.Id,
                stored => new StoredMessage(Updates.Apply(stored.Content, request.Note, mask, clock).ToByteArray(), stored.Original),
                context.CancellationToken);
            return Note.Parser.ParseFrom(changed.Content);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound)
        {
            throw Errors.From(refused, NoteType, name.ToString());
        }
    }

    public override Task<Empty> DeleteNote(DeleteNoteRequest request, ServerCallContext context)
    {
        NoteName name = ResourceNames.Note(request.Name, "name");
        context.Require(Role.Operate, name.Project);
        return AboutAsync(store.DeleteNoteAsync(name.Project, name.Id, context.CancellationToken), NoteType, name.ToString());
    }

    private async Task<Note> FindAsync(NoteName name, CancellationToken cancellationToken)
    {
        StoredMessage? stored = await store.FindNoteAsync(name.Project, name.Id, cancellationToken);
        return stored is null ? throw Errors.NotFound(NoteType, name.ToString()) : Note.Parser.ParseFrom(stored.Content);
    }

    private NewNote New(string project, string id, Note note)
    {
        ServerFields.Set(note, new NoteName(project, id).ToString(), Timestamp.FromDateTimeOffset(clock.GetUtcNow()));
        return new NewNote(project, id, (int)note.Kind, note.ToByteArray());
    }

    private static void Refuse(Note note)
    {
        ServerFields.Clear(note);
        Checker check = default;
        check.Enter("note");
        NoteValidator.Check(ref check, note);
        if (check.Any) throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    private static void Refuse(BatchCreateNotesRequest request)
    {
        Checker check = default;
        foreach (KeyValuePair<string, Note> entry in request.Notes)
        {
            check.Enter("notes", entry.Key);
            if (ResourceNames.ProblemOfId(entry.Key) is { } problem) check.Add(string.Empty, $"is under an id that {problem}");
            ServerFields.Clear(entry.Value);
            NoteValidator.Check(ref check, entry.Value);
            check.Leave();
        }

        if (check.Any) throw Errors.Invalid(check.Problems, check.Uncounted);
    }
}
