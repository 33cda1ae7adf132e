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
internal sealed class Intake(IBridgeStore store, IOccurrenceMapping mapping, TimeProvider clock, IOptions<IngestOptions> settings)
{
    private readonly IngestOptions options = settings.Value;

    public async Task<Occurrence> CreateAsync(string project, Occurrence occurrence, ServerCallContext context) =>
        (await AddAsync(project, [occurrence], batch: false, context))[0];

    /// <summary>All or none; the answer keeps the order.</summary>
    public Task<Occurrence[]> CreateAllAsync(string project, IReadOnlyList<Occurrence> occurrences, ServerCallContext context) =>
        AddAsync(project, [.. occurrences], batch: true, context);

    private async Task<Occurrence[]> AddAsync(string project, Occurrence[] occurrences, bool batch, ServerCallContext context)
    {
        long start = clock.GetTimestamp();
        string transport = context.Name();
        string outcome = "refused";
        try
        {
            NewOccurrence[] items = Prepare(project, occurrences, batch, context);
            IReadOnlyList<AddedOccurrence> added = await StoreAsync(items, batch, context.CancellationToken);
            // 5: durable from here on.
            outcome = Tell(occurrences, added, transport, context);
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

    private NewOccurrence[] Prepare(string project, Occurrence[] occurrences, bool batch, ServerCallContext context)
    {
        Caller caller = context.Require(Role.Send, project); // 3: this caller, in this project
        var notes = new NoteName[occurrences.Length];
        Checker check = default;
        for (int i = 0; i < occurrences.Length; i++)
        {
            Enter(ref check, batch, i);
            if (!ResourceNames.TryNote(occurrences[i].NoteName, out notes[i], out string problem)) check.Add("note_name", problem);
            else if (!caller.Knows(notes[i].Project)) throw ProjectPolicy.Denied(caller, $"any role in project '{notes[i].Project}'");
            ServerFields.Clear(occurrences[i]);
            OccurrenceValidator.Check(ref check, occurrences[i], options.AllowEmptySignatureKeyId); // 4: valid
            check.Leave();
        }

        if (check.Any) throw Errors.Invalid(check.Problems, check.Uncounted);

        string? requestId = RequestIdentity.Sent(context);
        var now = clock.GetUtcNow();
        var items = new NewOccurrence[occurrences.Length];
        for (int i = 0; i < occurrences.Length; i++)
        {
            string? id = requestId is null
                ? (options.RequestIdFromBuild ? RequestIdentity.FromBuild(project, occurrences[i]) : null)
                : (batch ? RequestIdentity.InBatch(requestId, i) : requestId);
            items[i] = New(project, notes[i], occurrences[i], id, now);
        }

        RefuseUnplaced(items, batch);
        RefuseLong(items);
        return items;
    }

    private NewOccurrence New(string project, NoteName note, Occurrence occurrence, string? requestId, DateTimeOffset now)
    {
        CanonicalMaps.Sort(occurrence);
        byte[] content = occurrence.ToByteArray();
        byte[] hash = SHA256.HashData(content);
        string id = Guid.CreateVersion7(now).ToString("D");
        ServerFields.Set(occurrence, new OccurrenceName(project, id).ToString(), Timestamp.FromDateTimeOffset(now));
        return new NewOccurrence(
            project,
            id,
            note.Project,
            note.Id,
            (int)occurrence.Kind,
            occurrence.ResourceUri,
            now,
            ServerFields.Append(content, occurrence),
            requestId,
            hash,
            mapping.Place(occurrence),
            Activity.Current?.Id);
    }

    private void RefuseUnplaced(NewOccurrence[] items, bool batch)
    {
        if (!options.RefuseUnmapped) return;
        Checker check = default;
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].Placement.Reason is not { } reason) continue;
            Enter(ref check, batch, i);
            check.Add("resource_uri", $"names no version: {reason} (Ingest:RefuseUnmapped is on)");
            check.Leave();
        }

        if (check.Any) throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    // The answer to a batch repeats it. A caller that cannot receive what was stored would send it again.
    private void RefuseLong(NewOccurrence[] items)
    {
        long size = 0;
        foreach (NewOccurrence item in items) size += item.Content.Length + Pages.ItemOverhead;
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
    private static string Tell(
        Occurrence[] occurrences, IReadOnlyList<AddedOccurrence> added, string transport, ServerCallContext context)
    {
        int repeated = 0;
        int unmapped = 0;
        for (int i = 0; i < added.Count; i++)
        {
            if (added[i].Repeated)
            {
                repeated++;
                occurrences[i] = Occurrence.Parser.ParseFrom(added[i].Message.Content);
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
