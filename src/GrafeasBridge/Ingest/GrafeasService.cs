using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>grafeas.v1.Grafeas, over gRPC and, from the annotations in the protos, over REST.</summary>
internal sealed class GrafeasService(NoteOperations<Note> notes, OccurrenceOperations<Occurrence> occurrences) : Grafeas.V1.Grafeas.GrafeasBase
{
    public override Task<Note> CreateNote(CreateNoteRequest request, ServerCallContext context) =>
        notes.CreateAsync(request.Parent, request.NoteId, request.Note, context);

    public override async Task<BatchCreateNotesResponse> BatchCreateNotes(BatchCreateNotesRequest request, ServerCallContext context) =>
        new() { Notes = { await notes.CreateAllAsync(request.Parent, request.Notes, context) } };

    public override Task<Note> GetNote(GetNoteRequest request, ServerCallContext context) => notes.GetAsync(request.Name, context);

    public override async Task<ListNotesResponse> ListNotes(ListNotesRequest request, ServerCallContext context)
    {
        (var page, var next) = await notes.ListAsync(
            request.Parent, request.Filter, request.PageSize, request.PageToken, context);
        return new ListNotesResponse { Notes = { page }, NextPageToken = next };
    }

    public override Task<Note> UpdateNote(UpdateNoteRequest request, ServerCallContext context) =>
        notes.UpdateAsync(request.Name, request.Note, request.UpdateMask, context);

    public override Task<Empty> DeleteNote(DeleteNoteRequest request, ServerCallContext context) =>
        notes.DeleteAsync(request.Name, context);

    public override Task<Occurrence> CreateOccurrence(CreateOccurrenceRequest request, ServerCallContext context) =>
        occurrences.CreateAsync(request.Parent, request.Occurrence, context);

    public override async Task<BatchCreateOccurrencesResponse> BatchCreateOccurrences(
        BatchCreateOccurrencesRequest request, ServerCallContext context) =>
        new() { Occurrences = { await occurrences.CreateAllAsync(request.Parent, request.Occurrences, context) } };

    public override Task<Occurrence> GetOccurrence(GetOccurrenceRequest request, ServerCallContext context) =>
        occurrences.GetAsync(request.Name, context);

    public override async Task<ListOccurrencesResponse> ListOccurrences(ListOccurrencesRequest request, ServerCallContext context)
    {
        (var page, var next) = await occurrences.ListAsync(
            request.Parent, request.Filter, request.PageSize, request.PageToken, context);
        return new ListOccurrencesResponse { Occurrences = { page }, NextPageToken = next };
    }

    public override async Task<ListNoteOccurrencesResponse> ListNoteOccurrences(
        ListNoteOccurrencesRequest request, ServerCallContext context)
    {
        (var page, var next) = await occurrences.ListOfNoteAsync(
            request.Name, request.Filter, request.PageSize, request.PageToken, context);
        return new ListNoteOccurrencesResponse { Occurrences = { page }, NextPageToken = next };
    }

    public override Task<Occurrence> UpdateOccurrence(UpdateOccurrenceRequest request, ServerCallContext context) =>
        occurrences.UpdateAsync(request.Name, request.Occurrence, request.UpdateMask, context);

    public override Task<Empty> DeleteOccurrence(DeleteOccurrenceRequest request, ServerCallContext context) =>
        occurrences.DeleteAsync(request.Name, context);

    public override async Task<Note> GetOccurrenceNote(GetOccurrenceNoteRequest request, ServerCallContext context) =>
        await notes.FindAsync(await occurrences.NoteOfAsync(request.Name, context), context.CancellationToken);
}
