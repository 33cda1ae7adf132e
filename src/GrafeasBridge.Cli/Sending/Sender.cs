using Grafeas.V1;
using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Cli.Sending;

/// <summary>Sends occurrences one by one, in parallel: one that fails does not stop the others.</summary>
internal sealed class Sender(Session session, SendSettings settings)
{
    /// <summary>Calls in flight on the one connection.</summary>
    private const int MaxInFlight = 8;

    /// <summary>Set by the service on the answer when it had stored the same request before.</summary>
    private const string RepeatedHeader = "x-grafeasbridge-repeated";

    /// <summary>Asks for a receipt with the reply, and where it is then.</summary>
    private const string ReceiptWanted = "x-grafeasbridge-receipt";

    private const string ReceiptTrailer = "grafeasbridge-receipt-bin";

    private readonly DeliveryWatch watch = new(session);

    /// <summary>Set once the service was unavailable in all attempts of a call: the remaining items fail at once.</summary>
    private volatile Failure? unavailable;

    public async Task<IReadOnlyList<SendResult>> SendAsync(IReadOnlyList<SendItem> items)
    {
        var missingNotes = settings.CreateNotes ? await CreateNotesAsync(items) : new Dictionary<string, Failure>();
        var results = await EachAsync(items, item => SendOneAsync(item, missingNotes));
        return await EachAsync(results, result => watch.FollowAsync(result, settings.WaitUntilVerified));
    }

    private static async Task<TOut[]> EachAsync<TIn, TOut>(IReadOnlyList<TIn> items, Func<TIn, Task<TOut>> work)
    {
        var results = new TOut[items.Count];
        // No token here: each call has it, and turns the end of the time into a result of its own.
        await Parallel.ForAsync(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = MaxInFlight }, async (i, _) => results[i] = await work(items[i]));
        return results;
    }

    private async Task<SendResult> SendOneAsync(SendItem item, IReadOnlyDictionary<string, Failure> missingNotes)
    {
        if (item.Problem is not null)
            return SendResult.Failed(item, BadInput(item.Problem));
        if (item.Occurrence is not { } occurrence)
            return NoteOnly(item, missingNotes);
        if (item.Parent is null)
            return SendResult.Failed(item, BadInput("names no project. Add --project."));
        if (missingNotes.TryGetValue(occurrence.NoteName, out var missing))
            return SendResult.Failed(item, missing with { Message = $"note {occurrence.NoteName}: {missing.Message}" });

        var requestId = settings.RequestIds ? settings.RequestId ?? RequestId.Derive(item.Parent, occurrence) : null;
        var request = new CreateOccurrenceRequest { Parent = item.Parent, Occurrence = occurrence };
        var policy = requestId is null ? RetryPolicy.SendingOnce : RetryPolicy.Sending;
        return await TryAsync(item, () => session.CallAsync(policy, o => CreateAsync(item, request, o), requestId), requestId);
    }

    private async Task<SendResult> CreateAsync(SendItem item, CreateOccurrenceRequest request, CallOptions options)
    {
        // A retry comes with the same headers.
        if (settings.Receipts is not null && options.Headers!.Get(ReceiptWanted) is null)
            options.Headers.Add(ReceiptWanted, "true");
        using var call = session.Grafeas.CreateOccurrenceAsync(request, options);
        var stored = await call;
        var headers = await call.ResponseHeadersAsync;
        var result = new SendResult(item, stored.Name, null) { Repeated = headers.GetValue(RepeatedHeader) == "true" };
        if (settings.Receipts is null)
            return result;
        if (call.GetTrailers().GetValueBytes(ReceiptTrailer) is not { } receipt)
            return result with { ReceiptFailure = await AskForReceiptAsync(stored.Name) };
        settings.Receipts.Add(Receipt.Parser.ParseFrom(receipt));
        return result;
    }

    /// <summary>A service that gives none with the reply may still give it when asked.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    private async Task<Failure?> AskForReceiptAsync(string name)
    {
        try
        {
            settings.Receipts!.Add(await session.QueryAsync(o => session.ReceiptBook.GetReceiptAsync(new GetReceiptRequest { Name = name }, o)));
            return null;
        }
        catch (RpcException e)
        {
            return Failure.From(e, session.Server);
        }
    }

    private SendResult NoteOnly(SendItem item, IReadOnlyDictionary<string, Failure> missingNotes)
    {
        var name = item.Note!.Name;
        if (!settings.CreateNotes)
            return SendResult.Failed(item, BadInput("holds a note and no occurrence. Add --create-notes to send it."));

        return missingNotes.TryGetValue(name, out var failure) ? SendResult.Failed(item, failure) : new SendResult(item, name, null);
    }

    /// <returns>The notes that are not there afterwards, with the reason.</returns>
    private async Task<IReadOnlyDictionary<string, Failure>> CreateNotesAsync(IReadOnlyList<SendItem> items)
    {
        var wanted = new Dictionary<string, SendItem>(StringComparer.Ordinal);
        foreach (var item in items.Where(i => i.Problem is null))
        {
            if (item.Note is not null)
                wanted[item.Note.Name] = item; // a note from a file comes before a generated one
            if (item.Occurrence is { NoteName.Length: > 0 } occurrence)
                wanted.TryAdd(occurrence.NoteName, item);
        }

        var results = await EachAsync([.. wanted], async pair => (Name: pair.Key, (await CreateNoteAsync(pair.Key, pair.Value)).Failure));
        return results.Where(r => r.Failure is not null).ToDictionary(r => r.Name, r => r.Failure!, StringComparer.Ordinal);
    }

    private async Task<SendResult> CreateNoteAsync(string name, SendItem item)
    {
        var note = item.Note?.Name == name ? item.Note : Notes.ForBuild(name, item.Occurrence!);
        if (note is null)
            return SendResult.Failed(item, BadInput("cannot be made up: only notes of builds can. Create it first, or put it in the file."));

        var request = new CreateNoteRequest { Parent = note.Parent, NoteId = note.Id, Note = note.Content };
        var result = await TryAsync(item, async () =>
        {
            var created = await session.CallAsync(RetryPolicy.Sending, o => session.Grafeas.CreateNoteAsync(request, o), requestId: null);
            return new SendResult(item, created.Name, null);
        });
        return result.Failure?.Code == "ALREADY_EXISTS" ? result with { Failure = null, Name = name } : result;
    }

    private async Task<SendResult> TryAsync(SendItem item, Func<Task<SendResult>> call, string? requestId = null)
    {
        if (unavailable is { } known)
            return Fail(item, known, requestId);

        try
        {
            return await call() with { RequestId = requestId };
        }
        catch (RpcException e)
        {
            return Fail(item, Failure.From(e, session.Server), requestId);
        }
        catch (OperationCanceledException) when (session.TimedOut)
        {
            var message = $"No answer within {session.Timeout.TotalSeconds:0.###} s (--timeout).";
            return Fail(item, new Failure(ExitCode.NotReachable, "DEADLINE_EXCEEDED", message, []), requestId);
        }
    }

    private SendResult Fail(SendItem item, Failure failure, string? requestId)
    {
        if (failure.ExitCode == ExitCode.NotReachable)
            unavailable = failure;

        return SendResult.Failed(item, failure) with { RequestId = requestId };
    }

    private static Failure BadInput(string problem) => new(ExitCode.BadInput, "BAD_INPUT", problem, []);
}

/// <summary>How to send.</summary>
/// <param name="RequestId">Given by the user, for one occurrence; null to derive it from the content.</param>
/// <param name="RequestIds">False to send none.</param>
/// <param name="Receipts">Where receipts go; null to ask for none.</param>
internal sealed record SendSettings(bool CreateNotes, string? RequestId, bool RequestIds, bool WaitUntilVerified, ReceiptFile? Receipts = null);
