using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>The methods on occurrences, for the messages of any version; in the order that <see cref="NoteOperations{T}"/> keeps.</summary>
internal sealed class OccurrenceOperations<T>(
    IBridgeStore store,
    Intake intake,
    IOccurrenceAdapter<T> adapter,
    ListReader lists,
    BatchLimit batches,
    IOccurrenceMapping mapping,
    TimeProvider clock)
    where T : class, IMessage<T>, IDeepCloneable<T>
{
    private const string Type = "occurrence";

    public async Task<T> CreateAsync(string parent, T? occurrence, ServerCallContext context)
    {
        var project = ResourceNames.Project(parent, "parent");
        if (occurrence is null)
            throw Errors.Invalid(adapter.Field, "is required");
        return (await intake.AddAsync(adapter, project, [occurrence], batch: false, context))[0];
    }

    public Task<T[]> CreateAllAsync(string parent, RepeatedField<T> occurrences, ServerCallContext context)
    {
        var project = ResourceNames.Project(parent, "parent");
        batches.Refuse(occurrences.Count, "occurrences");
        return intake.AddAsync(adapter, project, [.. occurrences], batch: true, context);
    }

    public async Task<T> GetAsync(string name, ServerCallContext context)
    {
        var occurrence = ResourceNames.Occurrence(name, "name");
        context.Require(Role.Read, occurrence.Project);
        return await FindAsync(occurrence, context.CancellationToken);
    }

    public async Task<(IReadOnlyList<T> Occurrences, string NextPageToken)> ListAsync(
        string parent, string filter, int pageSize, string pageToken, ServerCallContext context)
    {
        var project = ResourceNames.Project(parent, "parent");
        context.Require(Role.Read, project);
        return await lists.ReadAsync(
            new ListCall(adapter.Version + "ListOccurrences", project, filter, adapter.Subject, pageSize, pageToken),
            query => store.ListOccurrencesAsync(project, query, context.CancellationToken),
            View,
            context.CancellationToken);
    }

    /// <summary>Occurrences of every project that the caller knows; the note must be there.</summary>
    public async Task<(IReadOnlyList<T> Occurrences, string NextPageToken)> ListOfNoteAsync(
        string name, string filter, int pageSize, string pageToken, ServerCallContext context)
    {
        var note = ResourceNames.Note(name, "name");
        var caller = context.Require(Role.Read, note.Project);
        IReadOnlyList<string>? projects = caller.Projects is null ? null : [.. caller.Projects];
        (IReadOnlyList<T> Occurrences, string NextPageToken) page = await lists.ReadAsync(
            new ListCall(adapter.Version + "ListNoteOccurrences", note.ToString(), filter, adapter.Subject, pageSize, pageToken),
            query => store.ListNoteOccurrencesAsync(note.Project, note.Id, projects, query, context.CancellationToken),
            View,
            context.CancellationToken);
        // A deleted note keeps its occurrences, but has no list any more.
        return await store.FindNoteAsync(note.Project, note.Id, context.CancellationToken) is null
            ? throw Errors.NotFound("note", note.ToString())
            : page;
    }

    /// <summary>The name of an occurrence's note, which may be in another project: the caller may read both.</summary>
    public async Task<NoteName> NoteOfAsync(string name, ServerCallContext context)
    {
        var occurrence = await GetAsync(name, context);
        var note = ResourceNames.Note(adapter.NoteName(occurrence), "note_name");
        context.Require(Role.Read, note.Project);
        return note;
    }

    public async Task<T> UpdateAsync(string name, T? body, FieldMask? updateMask, ServerCallContext context)
    {
        var occurrence = ResourceNames.Occurrence(name, "name");
        if (body is null)
            throw Errors.Invalid(adapter.Field, "is required");
        var caller = context.Require(Role.Send, occurrence.Project);
        var mask = UpdateMask.Parse(updateMask, adapter.Subject.Root);
        if (mask.Names("note_name"))
            ResourceNames.Note(adapter.NoteName(body), "occurrence.note_name");
        try
        {
            var changed = await store.UpdateOccurrenceAsync(
                occurrence.Project,
                occurrence.Id,
                stored => Placed(occurrence, adapter.Changed(stored, Changed(stored, body, mask)), caller),
                context.CancellationToken);
            return adapter.Read(changed);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound)
        {
            throw Errors.From(refused, Type, occurrence.ToString());
        }
    }

    public async Task<Empty> DeleteAsync(string name, ServerCallContext context)
    {
        var occurrence = ResourceNames.Occurrence(name, "name");
        var caller = context.Require(Role.Operate, occurrence.Project);
        var stored = await FindAsync(occurrence, context.CancellationToken);
        caller.RequireKnown(ResourceNames.Note(adapter.NoteName(stored), "note_name").Project);
        return await StoreErrors.AboutAsync(
            store.DeleteOccurrenceAsync(occurrence.Project, occurrence.Id, context.CancellationToken), Type, occurrence.ToString());
    }

    private (long Sequence, T? Message) View(StoredItem item) => (item.Sequence, adapter.Read(item.Message));

    private async Task<T> FindAsync(OccurrenceName name, CancellationToken cancellationToken)
    {
        var stored = await store.FindOccurrenceAsync(name.Project, name.Id, cancellationToken);
        return stored is null ? throw Errors.NotFound(Type, name.ToString()) : adapter.Read(stored);
    }

    private T Changed(StoredMessage stored, T body, UpdateMask mask)
    {
        var after = Updates.Apply(adapter, stored, body, mask, clock);
        CanonicalMaps.Sort(after);
        return after;
    }

    // The request id stays with what was created: a late retry of the create must still find it.
    private NewOccurrence Placed(OccurrenceName name, StoredForm<Occurrence> storedForm, Caller caller)
    {
        var note = ResourceNames.Note(storedForm.V1.NoteName, "occurrence.note_name");
        caller.RequireKnown(note.Project);
        return new NewOccurrence(
            name.Project,
            name.Id,
            note.Project,
            note.Id,
            storedForm.Kind,
            storedForm.V1.ResourceUri,
            storedForm.V1.CreateTime.ToDateTimeOffset(),
            storedForm.Content,
            RequestId: null,
            SHA256.HashData(storedForm.Content),
            mapping.Resolve(storedForm.V1),
            Activity.Current?.Id,
            storedForm.Original);
    }
}
