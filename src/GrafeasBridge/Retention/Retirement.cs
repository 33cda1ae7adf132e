using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Retention;

/// <summary>9: one walk over old occurrences. Those that may go are mapped here, outside the store, and put away step by step.</summary>
internal sealed partial class Retirement(
    IBridgeStore store, IOccurrenceMapping mapping, IOptions<RetentionOptions> settings, TimeProvider clock, ILogger<Retirement> logger)
{
    /// <summary>Contents and states that one step reads and writes.</summary>
    private const long MaxStepBytes = 4 << 20;

    /// <summary>A saved state beyond this is not written: its occurrences stay.</summary>
    private const int MaxStateBytes = 8 << 20;

    /// <summary>How often a step is read again when somebody changed what it read; then its occurrences wait for the next walk.</summary>
    private const int MaxTries = 3;

    private readonly RetentionOptions options = settings.Value;

    /// <summary>False when nothing ever goes.</summary>
    public bool IsWanted => options.MaxAge is not null || options.Unmapped is not null || options.Remember is not null;

    /// <returns>How many occurrences went.</returns>
    /// <exception cref="StoreException">The store failed; the next walk goes on.</exception>
    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var gone = options.MaxAge is null && options.Unmapped is null ? 0 : await WalkAsync(now, cancellationToken);
        var forgotten = options.Remember is { } kept ? await ForgetAsync(now - kept, cancellationToken) : 0;
        if (gone > 0 || forgotten > 0)
            Log.Done(logger, gone, forgotten);
        return gone;
    }

    private async Task<long> WalkAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = new AgedQuery(now - options.MaxAge, now - options.Unmapped, After: 0, options.BatchSize, MaxStepBytes);
        long gone = 0;
        long single = 0;
        while (true)
        {
            var step = await StepAsync(query, cancellationToken);
            gone += step.Gone;
            if (step is { Fault: not null, Read: > 1 })
            {
                // One of them cannot be mapped: the others go one by one.
                single = step.Part.Through;
                query = query with { Rows = 1 };
            }
            else
            {
                if (step.Fault is not null)
                    Log.Kept(logger, step.Part.Occurrences[0].Sequence, step.Fault);
                if (step.Part.IsLast)
                    return gone;
                query = query with { After = step.Part.Through };
            }

            if (query.After >= single)
                query = query with { Rows = options.BatchSize };
            if (options.Pause > TimeSpan.Zero)
                await Task.Delay(options.Pause, clock, cancellationToken);
        }
    }

    private async Task<Step> StepAsync(AgedQuery query, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var part = await store.ReadAgedAsync(query, cancellationToken);
            if (part.Occurrences.Count == 0)
                return new Step(part, 0, null);
            byte[][] states;
            try
            {
                states = Fold(part);
            }
            catch (Exception fault) when (fault is not (StoreException or OperationCanceledException))
            {
                return new Step(part, 0, fault);
            }

            if (await store.RetireAsync(part, states, cancellationToken))
            {
                RetentionMetrics.Occurrences.Add(part.Occurrences.Count);
                RetentionMetrics.Versions.Add(states.Count(state => state.Length > 0));
                return new Step(part, part.Occurrences.Count, null);
            }

            if (tries == MaxTries)
                return new Step(part, 0, null);
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

    /// <param name="Fault">Why the part could not be mapped.</param>
    private sealed record Step(AgedPart Part, int Gone, Exception? Fault)
    {
        public int Read => Part.Occurrences.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(
            2040, LogLevel.Information, "{Gone} occurrences past retention were deleted; the names of {Forgotten} older ones were forgotten",
            EventName = "OccurrencesRetired")]
        public static partial void Done(ILogger logger, long gone, long forgotten);

        [LoggerMessage(
            2041, LogLevel.Warning, "The occurrence with sequence {Sequence} is past retention and stays, since it cannot be mapped",
            EventName = "OccurrenceNotRetired")]
        public static partial void Kept(ILogger logger, long sequence, Exception fault);
    }
}
