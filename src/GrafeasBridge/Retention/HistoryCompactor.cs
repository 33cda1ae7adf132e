using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Retention;

/// <summary>
/// 9: one pass over expired occurrences, in batches. What they give to their versions is computed here, outside the store; the store saves
/// it as the version's state and deletes the occurrences in the same transaction.
/// </summary>
internal sealed partial class HistoryCompactor(
    IBridgeStore store, IOccurrenceMapping mapping, IOptions<RetentionOptions> settings, TimeProvider clock, ILogger<HistoryCompactor> logger)
{
    /// <summary>Bytes of contents and states that one batch reads and writes.</summary>
    private const long MaxBatchBytes = 4 << 20;

    /// <summary>A saved state beyond this is not written: its occurrences stay.</summary>
    private const int MaxStateBytes = 8 << 20;

    /// <summary>How often a batch is read again when a writer changed what it read; after that its occurrences wait for the next pass.</summary>
    private const int MaxTries = 3;

    private readonly RetentionOptions options = settings.Value;

    /// <summary>False when the settings let nothing expire.</summary>
    public bool IsWanted => options.MaxAge is not null || options.Unmapped is not null || options.Remember is not null;

    /// <returns>How many occurrences were deleted.</returns>
    /// <exception cref="StoreException">The store failed; the next pass continues.</exception>
    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var gone = options.MaxAge is null && options.Unmapped is null ? 0 : await PassAsync(now, cancellationToken);
        var forgotten = options.Remember is { } kept ? await ForgetAsync(now - kept, cancellationToken) : 0;
        if (gone > 0 || forgotten > 0)
            Log.Done(logger, gone, forgotten);
        return gone;
    }

    private async Task<long> PassAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = new AgedQuery(now - options.MaxAge, now - options.Unmapped, After: 0, options.BatchSize, MaxBatchBytes);
        long gone = 0;
        long single = 0;
        while (true)
        {
            var batch = await BatchAsync(query, cancellationToken);
            gone += batch.Gone;
            if (batch is { Fault: not null, Read: > 1 })
            {
                // One of them cannot be mapped: the batch is repeated one occurrence at a time.
                single = batch.Part.Through;
                query = query with { Rows = 1 };
            }
            else
            {
                if (batch.Fault is not null)
                    Log.Kept(logger, batch.Part.Occurrences[0].Sequence, batch.Fault);
                if (batch.Part.IsLast)
                    return gone;
                query = query with { After = batch.Part.Through };
            }

            if (query.After >= single)
                query = query with { Rows = options.BatchSize };
            if (options.Pause > TimeSpan.Zero)
                await Task.Delay(options.Pause, clock, cancellationToken);
        }
    }

    private async Task<Batch> BatchAsync(AgedQuery query, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var part = await store.ReadAgedAsync(query, cancellationToken);
            if (part.Occurrences.Count == 0)
                return new Batch(part, 0, null);
            byte[][] states;
            try
            {
                states = Fold(part);
            }
            catch (Exception fault) when (fault is not (StoreException or OperationCanceledException))
            {
                return new Batch(part, 0, fault);
            }

            if (await store.RetireAsync(part, states, cancellationToken))
            {
                RetentionMetrics.Occurrences.Add(part.Occurrences.Count);
                RetentionMetrics.Versions.Add(states.Count(state => state.Length > 0));
                return new Batch(part, part.Occurrences.Count, null);
            }

            if (tries == MaxTries)
                return new Batch(part, 0, null);
        }
    }

    /// <returns>For each version its new state; empty where nothing is added.</returns>
    private byte[][] Fold(AgedPart part)
    {
        var folds = new IVersionFold?[part.Versions.Count];
        foreach (var old in part.Occurrences)
        {
            var occurrence = Occurrence.Parser.ParseFrom(old.Content);
            foreach (var version in old.Versions)
                (folds[version] ??= part.Versions[version].Folded is { } folded ? mapping.Begin(folded.State) : mapping.Begin()).Add(occurrence);
        }

        byte[][] states = [.. folds.Select(fold => fold?.Save() ?? [])];
        return Array.Find(states, state => state.Length > MaxStateBytes) is { } large
            ? throw new InvalidDataException($"A version's saved state would be {large.Length} bytes; at most {MaxStateBytes} are kept. Lower Mapping:MaxValues or Mapping:MaxValueLength.")
            : states;
    }

    private async Task<long> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (long forgotten = 0; ;)
        {
            var some = await store.ForgetRetiredAsync(before, options.BatchSize, cancellationToken);
            forgotten += some;
            if (some < options.BatchSize)
                return forgotten;
            if (options.Pause > TimeSpan.Zero)
                await Task.Delay(options.Pause, clock, cancellationToken);
        }
    }

    /// <param name="Fault">Why the batch could not be mapped.</param>
    private sealed record Batch(AgedPart Part, int Gone, Exception? Fault)
    {
        public int Read => Part.Occurrences.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(
            2040, LogLevel.Information, "{Gone} expired occurrences were compacted; the names of {Forgotten} older ones were deleted",
            EventName = "OccurrencesCompacted")]
        public static partial void Done(ILogger logger, long gone, long forgotten);

        [LoggerMessage(
            2041, LogLevel.Warning, "The occurrence with sequence {Sequence} is expired and stays, since it cannot be mapped",
            EventName = "OccurrenceNotCompacted")]
        public static partial void Kept(ILogger logger, long sequence, Exception fault);
    }
}
