using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>
/// The way in for every new occurrence, single or in a batch, over gRPC or REST: allowed? valid? placed, stored. What a
/// caller hears back is on stable storage.
/// </summary>
internal sealed class Intake(
    IBridgeStore store, IOccurrenceForm<Occurrence> v1, IOccurrenceMapping mapping, TimeProvider clock, IOptions<IngestOptions> settings)
{
    private readonly IngestOptions options = settings.Value;

    public async Task<Occurrence> CreateAsync(string project, Occurrence occurrence, ServerCallContext context) =>
        (await AddAsync(v1, project, [occurrence], batch: false, context))[0];

    /// <summary>All or none; the answer keeps the order.</summary>
    public Task<Occurrence[]> CreateAllAsync(string project, IReadOnlyList<Occurrence> occurrences, ServerCallContext context) =>
        AddAsync(v1, project, [.. occurrences], batch: true, context);

    /// <summary>All or none, in the form of any version; the answer keeps the order.</summary>
    /// <param name="batch">Whether the occurrences came as a list: then field paths say which one is meant.</param>
    public async Task<T[]> AddAsync<T>(IOccurrenceForm<T> form, string project, T[] occurrences, bool batch, ServerCallContext context)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        long start = clock.GetTimestamp();
        string transport = context.Name();
        string outcome = "refused";
        try
        {
            NewOccurrence[] items = Prepare(form, project, occurrences, batch, context);
            IReadOnlyList<AddedOccurrence> added = await StoreAsync(items, batch, context.CancellationToken);
            // 5: durable from here on.
            outcome = Tell(form, occurrences, added, transport, context);
        }
        catch
        {
            IngestMetrics.Count(outcome, transport, occurrences.Length);
            throw;
        }
        finally
        {
            IngestMetrics.Time(outcome, transport, clock.GetElapsedTime(start));
        }

        return occurrences;
    }

    private NewOccurrence[] Prepare<T>(
        IOccurrenceForm<T> form, string project, T[] occurrences, bool batch, ServerCallContext context)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        Caller caller = context.Require(Role.Send, project); // 3: this caller, in this project
        var notes = new NoteName[occurrences.Length];
        Checker check = default;
        for (int i = 0; i < occurrences.Length; i++)
        {
            Enter(ref check, batch, i);
            if (!ResourceNames.TryNote(form.NoteName(occurrences[i]), out notes[i], out string problem)) check.Add("note_name", problem);
            else if (!caller.Knows(notes[i].Project)) throw ProjectPolicy.Denied(caller, $"any role in project '{notes[i].Project}'");
            form.Clear(occurrences[i]);
            form.Check(ref check, occurrences[i]); // 4: valid
            check.Leave();
        }

        if (check.Any) throw Errors.Invalid(check.Problems, check.Uncounted);

        string? requestId = RequestIdentity.Sent(context);
        var now = clock.GetUtcNow();
        var items = new NewOccurrence[occurrences.Length];
        for (int i = 0; i < occurrences.Length; i++)
        {
            string? id = requestId is null ? null : batch ? RequestIdentity.InBatch(requestId, i) : requestId;
            items[i] = New(form, project, notes[i], occurrences[i], id, now);
        }

        RefuseUnplaced(items, form.ResourceField, batch);
        RefuseLong(occurrences, items);
        return items;
    }

    private NewOccurrence New<T>(
        IOccurrenceForm<T> form, string project, NoteName note, T occurrence, string? requestId, DateTimeOffset now)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        CanonicalMaps.Sort(occurrence);
        byte[] written = occurrence.ToByteArray();
        byte[] hash = SHA256.HashData(written);
        string id = Guid.CreateVersion7(now).ToString("D");
        form.Set(occurrence, new OccurrenceName(project, id).ToString(), Timestamp.FromDateTimeOffset(now));
        Draft<Occurrence> draft = form.New(occurrence, written);
        return new NewOccurrence(
            project,
            id,
            note.Project,
            note.Id,
            draft.Kind,
            draft.V1.ResourceUri,
            now,
            draft.Content,
            requestId ?? (options.RequestIdFromBuild ? RequestIdentity.FromBuild(project, draft.V1) : null),
            hash,
            mapping.Place(draft.V1),
            Activity.Current?.Id,
            draft.Original);
    }

    private void RefuseUnplaced(NewOccurrence[] items, string field, bool batch)
    {
        if (!options.RefuseUnmapped) return;
        Checker check = default;
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].Placement.Reason is not { } reason) continue;
            Enter(ref check, batch, i);
            check.Add(field, $"names no version: {reason} (Ingest:RefuseUnmapped is on)");
            check.Leave();
        }

        if (check.Any) throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    // The answer to a batch repeats it. A caller that cannot receive what was stored would send it again. Nor may what readers of
    // grafeas.v1 see be larger.
    private void RefuseLong<T>(T[] occurrences, NewOccurrence[] items)
        where T : IMessage
    {
        long size = 0;
        for (int i = 0; i < items.Length; i++) size += Math.Max(occurrences[i].CalculateSize(), items[i].Content.Length) + Pages.ItemOverhead;
        if (size <= options.MaxMessageBytes) return;
        throw Errors.TooLarge(
            $"The answer would have {size} bytes; at most {options.MaxMessageBytes} are allowed (Ingest:MaxMessageBytes). "
            + "Send less at once.");
    }

    private async Task<IReadOnlyList<AddedOccurrence>> StoreAsync(NewOccurrence[] items, bool batch, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AddOccurrencesAsync(items, cancellationToken);
        }
        catch (StoreException refused) when (refused.Index >= 0 && refused.Index < items.Length)
        {
            NewOccurrence item = items[refused.Index];
            throw refused.Failure switch
            {
                // In a batch, the field path is what tells which note it was.
                StoreFailure.NotFound when batch => Errors.Invalid($"occurrences[{refused.Index}].note_name", refused.Message),
                StoreFailure.NotFound => Errors.From(refused, "note", new NoteName(item.NoteProject, item.NoteId).ToString()),
                StoreFailure.KindMismatch when batch => Errors.Invalid($"occurrences[{refused.Index}].details", refused.Message),
                StoreFailure.KindMismatch => Errors.Invalid("occurrence.details", refused.Message),
                StoreFailure.AlreadyExists => Errors.From(refused, "occurrence", item.RequestId ?? item.Name),
                _ => refused,
            };
        }
    }

    // Says in the answer what was stored: the new occurrences, or the first ones where the request was a repeat.
    private static string Tell<T>(
        IOccurrenceForm<T> form,
        T[] occurrences,
        IReadOnlyList<AddedOccurrence> added,
        string transport,
        ServerCallContext context)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        int repeated = 0;
        int unmapped = 0;
        for (int i = 0; i < added.Count; i++)
        {
            if (added[i].Repeated)
            {
                repeated++;
                occurrences[i] = form.Read(added[i].Message);
            }
            else if (added[i].UnmappedReason is not null)
            {
                unmapped++;
            }
        }

        int mapped = added.Count - repeated - unmapped;
        if (mapped > 0) IngestMetrics.Count("stored", transport, mapped);
        if (unmapped > 0) IngestMetrics.Count("unmapped", transport, unmapped);
        if (repeated > 0) IngestMetrics.Count("repeated", transport, repeated);
        if (repeated == added.Count) context.GetHttpContext().Response.Headers[RequestIdentity.RepeatedHeader] = "true";
        return mapped > 0 ? "stored" : unmapped > 0 ? "unmapped" : "repeated";
    }

    private static void Enter(ref Checker check, bool batch, int index)
    {
        if (batch) check.Enter("occurrences", index);
        else check.Enter("occurrence");
    }
}
