using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Rpc;
using Grafeas.V1;
using GrafeasBridge.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Metadata = Grpc.Core.Metadata;

namespace GrafeasBridge.Lab.Sending;

/// <summary>
/// Many senders at once, each as a careful CI step is: the same call under the same request id until it is answered, waiting as
/// long as the service asks. Some send again though they were answered, some jobs are run twice.
/// </summary>
internal sealed class Fleet(GrpcChannel channel, Journal journal, BuildPlan builds, FleetOptions options, int seed, Func<CancellationToken, Task> serviceUp)
{
    private const string ReceiptWanted = "x-grafeasbridge-receipt";
    private const string ReceiptTrailer = "grafeasbridge-receipt-bin";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Grafeas.V1.Grafeas.GrafeasClient grafeas = new(channel);
    private readonly Channel<Job> jobs = System.Threading.Channels.Channel.CreateUnbounded<Job>();
    private readonly Random dice = new(seed);
    private int inFlight;
    private int queued;
    private long told;
    private long tries;

    /// <summary>What was told so far.</summary>
    public Ledger Ledger { get; } = new();

    public int InFlight => Volatile.Read(ref inFlight);

    public long Told => Interlocked.Read(ref told);

    public long Tries => Interlocked.Read(ref tries);

    public int Queued => queued;

    /// <summary>Refusals by status, and how many of them came with a hint when to try again.</summary>
    public ConcurrentDictionary<string, (long Count, long Hinted)> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds this many builds to what is to be sent; which jobs run twice is drawn here, in a fixed order.</summary>
    public void Add(int count)
    {
        lock (dice)
        {
            for (var end = queued + count; queued < end;)
            {
                var size = Math.Min(options.PerJob, end - queued);
                var job = new Job(queued, size, [.. Enumerable.Range(0, size).Select(_ => dice.NextDouble() < options.ClientRetries)]);
                jobs.Writer.TryWrite(job);
                if (dice.NextDouble() < options.JobReruns)
                    jobs.Writer.TryWrite(job with { IsRerun = true });
                queued += size;
            }
        }
    }

    /// <summary>Sends one more build, once: who is refused does not come back.</summary>
    public async Task SendOnceAsync(CancellationToken stop)
    {
        int number;
        lock (dice)
            number = queued++;
        var key = builds.Key(number);
        var build = builds.Make(number);
        journal.Sent(key, 1, build);
        await OnceAsync(key, builds.RequestId(number), build, stop);
    }

    /// <summary>No more will be added.</summary>
    public void Close() => jobs.Writer.TryComplete();

    /// <summary>Runs until all that was added is told and the fleet is closed.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, options.Senders).Select(_ => SenderAsync(stop)));

    private async Task SenderAsync(CancellationToken stop)
    {
        await foreach (var job in jobs.Reader.ReadAllAsync(stop))
        {
            for (var i = 0; i < job.Count; i++)
            {
                await UntilToldAsync(job.First + i, job.IsRerun ? 101 : 1, stop);
                if (job.Again[i] && !job.IsRerun)
                    await UntilToldAsync(job.First + i, 51, stop);
            }
        }
    }

    private async Task UntilToldAsync(int number, int attempt, CancellationToken stop)
    {
        var key = builds.Key(number);
        var build = builds.Make(number);
        while (true)
        {
            await serviceUp(stop);
            journal.Sent(key, attempt++, build);
            if (await OnceAsync(key, builds.RequestId(number), build, stop) is not { } wait)
                return;
            await Task.Delay(wait, TimeProvider.System, stop);
        }
    }

    /// <returns>How long to wait before the next attempt; null when the call was answered.</returns>
    private async Task<TimeSpan?> OnceAsync(string key, string requestId, Occurrence build, CancellationToken stop)
    {
        Interlocked.Increment(ref inFlight);
        Interlocked.Increment(ref tries);
        try
        {
            var headers = new Metadata { { "x-request-id", requestId }, { ReceiptWanted, "true" } };
            var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + options.Deadline;
            var request = new CreateOccurrenceRequest { Parent = BuildPlan.Parent, Occurrence = build };
            using var call = grafeas.CreateOccurrenceAsync(request, headers, deadline, stop);
            var stored = await call;
            var receipt = call.GetTrailers().GetValueBytes(ReceiptTrailer);
            journal.Told(key, stored.Name, receipt is null ? null : Receipt.Parser.ParseFrom(receipt));
            Ledger.Add(build.ResourceUri, stored.Name);
            Interlocked.Increment(ref told);
            return null;
        }
        catch (RpcException failure) when (!stop.IsCancellationRequested)
        {
            return Failed(key, failure);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    /// <summary>The service's own no is a refusal; whatever the connection says leaves the ending open.</summary>
    private TimeSpan Failed(string key, RpcException failure)
    {
        var status = failure.StatusCode.ToString();
        if (failure.Status.DebugException is not null || failure.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Unknown)
        {
            journal.Unknown(key, status);
            return Pause;
        }

        var hint = failure.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
        journal.Refused(key, status, hint);
        Refusals.AddOrUpdate(status, (1, hint is null ? 0 : 1), (_, old) => (old.Count + 1, old.Hinted + (hint is null ? 0 : 1)));
        if (failure.StatusCode is not (StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Aborted or StatusCode.Internal))
            throw new InvalidOperationException($"A build was refused for good: {failure.Status.Detail}", failure);
        return hint is { } asked && asked < options.LongestHint ? asked : hint is null ? Pause : options.LongestHint;
    }

    /// <summary>Builds that one CI job sends.</summary>
    private sealed record Job(int First, int Count, bool[] Again, bool IsRerun = false);
}
