using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>The methods on occurrences.</summary>
internal sealed partial class GrafeasService
{
    public override Task<Occurrence> CreateOccurrence(CreateOccurrenceRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Parent, "parent");
        if (request.Occurrence is null) throw Errors.Invalid("occurrence", "is required");
        return intake.CreateAsync(project, request.Occurrence, context);
    }

    public override async Task<BatchCreateOccurrencesResponse> BatchCreateOccurrences(
        BatchCreateOccurrencesRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Parent, "parent");
        RefuseBatch(request.Occurrences.Count, "occurrences");
        Occurrence[] created = await intake.CreateAllAsync(project, request.Occurrences, context);
        var response = new BatchCreateOccurrencesResponse();
        response.Occurrences.AddRange(created);
        return response;
    }

    public override async Task<Occurrence> GetOccurrence(GetOccurrenceRequest request, ServerCallContext context)
    {
        OccurrenceName name = ResourceNames.Occurrence(request.Name, "name");
        context.Require(Role.Read, name.Project);
        return await FindAsync(name, context.CancellationToken);
    }

    public override async Task<ListOccurrencesResponse> ListOccurrences(ListOccurrencesRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Parent, "parent");
        context.Require(Role.Read, project);
        (IReadOnlyList<Occurrence> items, string next) = await lists.ReadAsync(
            new ListCall("ListOccurrences", project, request.Filter, FilterSubject.Occurrences, request.PageSize, request.PageToken),
            query => store.ListOccurrencesAsync(project, query, context.CancellationToken),
            View(Occurrence.Parser),
            context.CancellationToken);
        var response = new ListOccurrencesResponse { NextPageToken = next };
        response.Occurrences.AddRange(items);
        return response;
    }

    /// <summary>Occurrences of every project that the caller knows; the note must be there.</summary>
    public override async Task<ListNoteOccurrencesResponse> ListNoteOccurrences(
        ListNoteOccurrencesRequest request, ServerCallContext context)
    {
        NoteName note = ResourceNames.Note(request.Name, "name");
        Caller caller = context.Require(Role.Read, note.Project);
        IReadOnlyList<string>? projects = caller.Projects is null ? null : [.. caller.Projects];
        (IReadOnlyList<Occurrence> items, string next) = await lists.ReadAsync(
            new ListCall("ListNoteOccurrences", note.ToString(), request.Filter, FilterSubject.Occurrences, request.PageSize, request.PageToken),
            query => store.ListNoteOccurrencesAsync(note.Project, note.Id, projects, query, context.CancellationToken),
            View(Occurrence.Parser),
            context.CancellationToken);
        // A deleted note keeps its occurrences, but has no list any more.
        await FindAsync(note, context.CancellationToken);
        var response = new ListNoteOccurrencesResponse { NextPageToken = next };
        response.Occurrences.AddRange(items);
        return response;
    }

    public override async Task<Occurrence> UpdateOccurrence(UpdateOccurrenceRequest request, ServerCallContext context)
    {
        OccurrenceName name = ResourceNames.Occurrence(request.Name, "name");
        if (request.Occurrence is null) throw Errors.Invalid("occurrence", "is required");
        context.Require(Role.Send, name.Project);
        UpdateMask mask = UpdateMask.Parse(request.UpdateMask, Occurrence.Descriptor);
        return await occurrenceUpdate.RunAsync(name, request.Occurrence, mask, context.CancellationToken);
    }

    public override Task<Empty> DeleteOccurrence(DeleteOccurrenceRequest request, ServerCallContext context)
    {
        OccurrenceName name = ResourceNames.Occurrence(request.Name, "name");
        context.Require(Role.Operate, name.Project);
        return AboutAsync(
            store.DeleteOccurrenceAsync(name.Project, name.Id, context.CancellationToken), OccurrenceType, name.ToString());
    }

    /// <summary>The note may be in another project, which the caller must be allowed to read too.</summary>
    public override async Task<Note> GetOccurrenceNote(GetOccurrenceNoteRequest request, ServerCallContext context)
    {
        OccurrenceName name = ResourceNames.Occurrence(request.Name, "name");
        context.Require(Role.Read, name.Project);
        Occurrence occurrence = await FindAsync(name, context.CancellationToken);
        NoteName note = ResourceNames.Note(occurrence.NoteName, "note_name");
        context.Require(Role.Read, note.Project);
        return await FindAsync(note, context.CancellationToken);
    }

    private async Task<Occurrence> FindAsync(OccurrenceName name, CancellationToken cancellationToken)
    {
        StoredMessage? stored = await store.FindOccurrenceAsync(name.Project, name.Id, cancellationToken);
        return stored is null ? throw Errors.NotFound(OccurrenceType, name.ToString()) : Occurrence.Parser.ParseFrom(stored.Content);
    }

    private void RefuseBatch(int count, string field)
    {
        if (count == 0) throw Errors.Invalid(field, "needs at least one element");
        if (count > options.MaxBatch) throw Errors.Invalid(field, $"holds {count} elements; at most {options.MaxBatch} are allowed (Ingest:MaxBatch)");
    }
}
