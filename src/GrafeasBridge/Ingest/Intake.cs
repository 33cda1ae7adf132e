using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Mapping;
using GrafeasBridge.Receipts;
using GrafeasBridge.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>
/// The way in for every new occurrence of every dialect: access, validation, resolution, storage. What is answered is on
/// stable storage.
/// </summary>
internal sealed class Intake(
    IBridgeStore store,
    IOccurrenceAdapter<Occurrence> v1,
    IOccurrenceMapping mapping,
    ReplyReceipts receipts,
    TimeProvider clock,
    IOptions<IngestOptions> settings,
    IOptions<ApiOptions> limits)
{
    private readonly IngestOptions options = settings.Value;
    private readonly int maxMessageBytes = limits.Value.MaxMessageBytes;

    /// <summary>All or none, in the form of any version; the answer keeps the order.</summary>
    /// <param name="batch">Whether the occurrences came as a list: then field paths say which one is meant.</param>
    public async Task<T[]> AddAsync<T>(IOccurrenceAdapter<T> adapter, string project, T[] occurrences, bool batch, ServerCallContext context)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var call = new Submission<T>(project, occurrences, context.Caller(), context.Name())
        {
            List = batch ? "occurrences" : null,
            RequestId = () => RequestIdentity.Sent(context),
        };
        var stored = await SubmitAsync(adapter, call, context.CancellationToken);
        Tell(context, stored);
        return [.. stored.Select(one => one.Occurrence)];
    }

    /// <summary>What the reply says beside the message: whether all was there before, and receipts.</summary>
    public void Tell<T>(ServerCallContext context, Submitted<T>[] stored)
    {
        if (stored.All(one => one.Repeated))
            context.GetHttpContext().Response.Headers[RequestIdentity.RepeatedHeader] = "true";
        receipts.Give(context, context.IsRest(), stored.Select(one => one.Added));
    }

    /// <summary>What a dialect hands in; all or none; the answer keeps the order.</summary>
    /// <exception cref="RpcException">A refusal with the field paths of the dialect.</exception>
    /// <exception cref="StoreException">A refusal of the store that is not about one of the occurrences.</exception>
    public Task<Submitted<Occurrence>[]> SubmitAsync(Submission<Occurrence> call, CancellationToken cancellationToken) =>
        SubmitAsync(v1, call, cancellationToken);

    private async Task<Submitted<T>[]> SubmitAsync<T>(IOccurrenceAdapter<T> adapter, Submission<T> call, CancellationToken cancellationToken)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var start = clock.GetTimestamp();
        var outcome = "refused";
        try
        {
            var items = Prepare(adapter, call);
            var added = await StoreAsync(items, call, cancellationToken);
            // 5: durable from here on.
            Submitted<T>[] stored = [.. added.Select((one, i) => Stored(adapter, call.Occurrences[i], one))];
            outcome = Count(stored, call.Transport);
            return stored;
        }
        catch
        {
            IngestMetrics.Count(outcome, call.Transport, call.Occurrences.Length);
            throw;
        }
        finally
        {
            IngestMetrics.Time(outcome, call.Transport, clock.GetElapsedTime(start));
        }
    }

    private NewOccurrence[] Prepare<T>(IOccurrenceAdapter<T> adapter, Submission<T> call)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        call.Caller.Require(Role.Send, call.Project); // 3: this caller, in this project
        var occurrences = call.Occurrences;
        var notes = new NoteName[occurrences.Length];
        Checker check = default;
        for (var i = 0; i < occurrences.Length; i++)
        {
            Enter(ref check, call, i);
            if (!ResourceNames.TryNote(adapter.NoteName(occurrences[i]), out notes[i], out var problem))
                check.Add("note_name", problem);
            else
                call.Caller.RequireKnown(notes[i].Project);
            adapter.Clear(occurrences[i]);
            adapter.Check(ref check, occurrences[i]); // 4: valid
            check.Leave();
        }

        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);

        var requestId = call.RequestId?.Invoke();
        var now = clock.GetUtcNow();
        // Occurrences of one upload share its statement.
        var resolve = call.Upload is null ? mapping.Resolve : mapping.ResolveAlike();
        var items = new NewOccurrence[occurrences.Length];
        for (var i = 0; i < occurrences.Length; i++)
            items[i] = Item(adapter, call, i, notes[i], requestId, now, resolve);
        RefuseUnmapped(items, adapter.ResourceField, call);
        if (call.IsAnsweredWhole)
            RefuseLong(occurrences, items);
        else
            RefuseLongOnes(items, call);
        return items;
    }

    private NewOccurrence Item<T>(
        IOccurrenceAdapter<T> adapter, Submission<T> call, int index, NoteName note, string? requestId, DateTimeOffset now, Func<Occurrence, VersionResolution> resolve)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var occurrence = call.Occurrences[index];
        CanonicalMaps.Sort(occurrence);
        var written = occurrence.ToByteArray();
        var own = call.Identities?[index];
        var id = Guid.CreateVersion7(now).ToString("D");
        adapter.Set(occurrence, new OccurrenceName(call.Project, id).ToString(), Timestamp.FromDateTimeOffset(now));
        var storedForm = adapter.New(occurrence, written);
        return new NewOccurrence(
            call.Project,
            id,
            note.Project,
            note.Id,
            storedForm.Kind,
            storedForm.V1.ResourceUri,
            now,
            storedForm.Content,
            own?.RequestId ?? RequestIdOf(call, index, requestId, storedForm.V1),
            own?.ContentHash ?? SHA256.HashData(written),
            resolve(storedForm.V1),
            Activity.Current?.Id,
            storedForm.Original);
    }

    private string? RequestIdOf<T>(Submission<T> call, int index, string? sent, Occurrence occurrence) =>
        sent is null
            ? (options.RequestIdFromBuild ? RequestIdentity.FromBuild(call.Project, occurrence) : null)
            : (call.List is null ? sent : RequestIdentity.InBatch(sent, index));

    private void RefuseUnmapped<T>(NewOccurrence[] items, string field, Submission<T> call)
    {
        if (!options.RefuseUnmapped)
            return;
        Checker check = default;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].VersionResolution.Reason is not { } reason)
                continue;
            Enter(ref check, call, i);
            check.Add(field, $"names no version: {reason} (Ingest:RefuseUnmapped is on)");
            check.Leave();
        }

        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    // The answer to a batch repeats it. A caller that cannot receive what was stored would send it again. Nor may what readers of
    // grafeas.v1 see be larger.
    private void RefuseLong<T>(T[] occurrences, NewOccurrence[] items)
        where T : IMessage
    {
        long size = 0;
        for (var i = 0; i < items.Length; i++)
            size += Math.Max(occurrences[i].CalculateSize(), items[i].Content.Length) + Pages.ItemOverhead;
        if (size <= maxMessageBytes)
            return;
        throw Errors.TooLarge(
            $"The answer would have {size} bytes; at most {maxMessageBytes} are allowed (Ingest:MaxMessageBytes). "
            + "Send less at once.");
    }

    // A list holds one occurrence at least, so one alone must not be too long for its readers.
    private void RefuseLongOnes<T>(NewOccurrence[] items, Submission<T> call)
    {
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Content.Length <= maxMessageBytes)
                continue;
            throw Errors.TooLarge(
                $"{call.Path(i)} would become an occurrence of {items[i].Content.Length} bytes; at most {maxMessageBytes} are allowed "
                + "(Ingest:MaxMessageBytes).");
        }
    }

    private async Task<IReadOnlyList<AddedOccurrence>> StoreAsync<T>(
        NewOccurrence[] items, Submission<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AddOccurrencesAsync(items, call.Upload, cancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound && refused.Index >= 0 && call.MissingNote is not null)
        {
            await MakeNoteAsync(items[refused.Index], call.MissingNote, cancellationToken);
        }
        catch (StoreException refused) when (refused.Index >= 0 && refused.Index < items.Length)
        {
            throw Translate(refused, items[refused.Index], call);
        }

        return await StoreAsync(items, call with { MissingNote = null }, cancellationToken);
    }

    private async Task MakeNoteAsync(NewOccurrence item, Note note, CancellationToken cancellationToken)
    {
        ServerFields.Set(note, new NoteName(item.NoteProject, item.NoteId).ToString(), Timestamp.FromDateTimeOffset(clock.GetUtcNow()));
        try
        {
            await store.AddNotesAsync([new NewNote(item.NoteProject, item.NoteId, (int)note.Kind, note.ToByteArray())], cancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.AlreadyExists)
        {
            // Another call was first. Either note will do.
        }
    }

    private static Exception Translate<T>(StoreException refused, NewOccurrence item, Submission<T> call) => refused.Failure switch
    {
        // In a batch, the field path is what tells which note it was.
        StoreFailure.NotFound when call.List is not null => Errors.Invalid($"{call.Path(refused.Index)}.note_name", refused.Message),
        StoreFailure.NotFound => Errors.From(refused, "note", new NoteName(item.NoteProject, item.NoteId).ToString()),
        StoreFailure.KindMismatch => Errors.Invalid($"{call.Path(refused.Index)}.details", refused.Message),
        StoreFailure.AlreadyExists when call.Identities is not null => Errors.Conflict(call.Path(refused.Index), refused),
        StoreFailure.AlreadyExists => Errors.From(refused, "occurrence", item.RequestId ?? item.Name),
        _ => refused,
    };

    // Says what was stored: the new occurrence, or the first one where the request was a repeat. Of one past retention only the name
    // and time are left; everything else the sender has just sent again.
    private static Submitted<T> Stored<T>(IOccurrenceAdapter<T> adapter, T sent, AddedOccurrence added)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        if (added.IsRetired)
            adapter.Set(sent, added.Creation.Name, Timestamp.FromDateTimeOffset(added.Creation.Time));
        var occurrence = added.Repeated && !added.IsRetired ? adapter.Read(added.Message) : sent;
        return new Submitted<T>(occurrence, added.Repeated, added.UnmappedReason, added);
    }

    private static string Count<T>(Submitted<T>[] stored, string transport)
    {
        var repeated = stored.Count(one => one.Repeated);
        var unmapped = stored.Count(one => !one.Repeated && one.UnmappedReason is not null);
        var mapped = stored.Length - repeated - unmapped;
        if (mapped > 0)
            IngestMetrics.Count("stored", transport, mapped);
        if (unmapped > 0)
            IngestMetrics.Count("unmapped", transport, unmapped);
        if (repeated > 0)
            IngestMetrics.Count("repeated", transport, repeated);
        return mapped > 0 ? "stored" : unmapped > 0 ? "unmapped" : "repeated";
    }

    private static void Enter<T>(ref Checker check, Submission<T> call, int index)
    {
        if (call.List is not null)
            check.Enter(call.List, call.Place(index));
        else
            check.Enter("occurrence");
    }
}
