using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using Google.Rpc;
using Grafeas.V1;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>How failures of the store, and failures that nobody foresaw, reach a caller.</summary>
public sealed class FailureTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stray_exception_becomes_INTERNAL_with_a_safe_sentence_and_is_logged_once()
    {
        await using var host = await BrokenAsync(new InvalidTimeZoneException("secret detail"));
        host.Logs.Expect(entry => entry.Event.Name == "StrayException");
        var refusal = await GetAsync(host, StatusCode.Internal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
        Assert.Single(host.Logs.Entries, entry => entry.Event.Name == "StrayException" && entry.Exception is InvalidTimeZoneException);
        var rest = await RestCalls.SendAsync(host, HttpMethod.Get, "/v1/projects/p/notes/n");
        Assert.Equal(HttpStatusCode.InternalServerError, rest.StatusCode);
        Assert.Equal(13, (int?)(await RestCalls.JsonAsync(rest))["code"]);
    }

    [Theory]
    [InlineData("Overloaded", StatusCode.ResourceExhausted, 1, HttpStatusCode.TooManyRequests)]
    [InlineData("Unavailable", StatusCode.Unavailable, 5, HttpStatusCode.ServiceUnavailable)]
    public async Task A_store_that_cannot_now_says_when_to_try_again(string failure, StatusCode code, int seconds, HttpStatusCode http)
    {
        await using var host = await BrokenAsync(new StoreException(Enum.Parse<StoreFailure>(failure), "later, please"));
        var refusal = await GetAsync(host, code);
        Assert.Equal("later, please", refusal.Status.Detail);
        Assert.Equal(seconds, refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.Seconds);
        var rest = await RestCalls.SendAsync(host, HttpMethod.Get, "/v1/projects/p/notes/n");
        Assert.Equal(http, rest.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(seconds), rest.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task A_broken_store_is_an_error_here_and_says_little_there()
    {
        await using var host = await BrokenAsync(new StoreException(StoreFailure.Broken, "page 17 of /var/db is damaged"));
        host.Logs.Expect(entry => entry.Event.Name == "StoreBroken");
        var refusal = await GetAsync(host, StatusCode.Internal);
        Assert.DoesNotContain("page 17", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_no_error()
    {
        var entered = new TaskCompletionSource();
        await using var host = await FailingAsync(async cancellationToken =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var call = host.Grafeas.GetNoteAsync(new GetNoteRequest { Name = "projects/p/notes/n" }, cancellationToken: leaving.Token);
        await entered.Task.WaitAsync(Cancelled);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call.ResponseAsync);
        // Dispose waits for the call and fails on any error in the log.
    }

    [Fact]
    public async Task What_arrives_is_counted_by_outcome_and_transport()
    {
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == BridgeTelemetry.Meter && instrument.Name.StartsWith("grafeasbridge.ingest.", StringComparison.Ordinal))
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Add(counted, $"{Tags(tags)} {count}"));
        listener.SetMeasurementEventCallback<double>((instrument, seconds, tags, _) => Add(counted, $"{instrument.Name} {Tags(tags)}"));
        listener.Start();

        await using var host = await IngestHost.StartAsync(Cancelled);
        var note = await Samples.NoteAsync(host, "counted-elsewhere");
        var batch = new BatchCreateOccurrencesRequest { Parent = "projects/p" };
        for (var i = 0; i < 917; i++)
            batch.Occurrences.Add(Samples.Build(note, $"b{i}", "https://acme-docker-images.bintray.io/team/web:1.4.0"));
        var headers = new Grpc.Core.Metadata { { "x-request-id", "run" } };
        await host.Grafeas.BatchCreateOccurrencesAsync(batch, headers, cancellationToken: Cancelled);
        await host.Grafeas.BatchCreateOccurrencesAsync(batch, headers, cancellationToken: Cancelled);
        batch.Occurrences.RemoveAt(0);
        foreach (var occurrence in batch.Occurrences)
            occurrence.ResourceUri = "nothing anyone knows";
        await host.Grafeas.BatchCreateOccurrencesAsync(batch, cancellationToken: Cancelled);
        batch.Occurrences.RemoveAt(0);
        batch.Occurrences[0].ResourceUri = string.Empty;
        await Refusals.OfAsync(host.Grafeas.BatchCreateOccurrencesAsync(batch, cancellationToken: Cancelled), StatusCode.InvalidArgument);

        lock (counted)
        {
            Assert.Contains("stored/grpc 917", counted);
            Assert.Contains("repeated/grpc 917", counted);
            Assert.Contains("unmapped/grpc 916", counted);
            Assert.Contains("refused/grpc 915", counted);
            Assert.Contains("grafeasbridge.ingest.duration stored/grpc", counted);
        }
    }

    private static void Add(List<string> counted, string text)
    {
        lock (counted)
            counted.Add(text);
    }

    private static string Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join('/', tags.ToArray().Select(tag => tag.Value));

    private static async Task<RpcException> GetAsync(IngestHost host, StatusCode code) => await Refusals.OfAsync(
        host.Grafeas.GetNoteAsync(new GetNoteRequest { Name = "projects/p/notes/n" }, cancellationToken: Cancelled), code);

    private static Task<IngestHost> BrokenAsync(Exception failure) => FailingAsync(_ => Task.FromException(failure));

    private static Task<IngestHost> FailingAsync(Func<CancellationToken, Task> failure) => IngestHost.StartAsync(Cancelled, adjust: services =>
    {
        var store = services.Last(service => service.ServiceType == typeof(IBridgeStore));
        services.AddSingleton(provider => FailingStore.Over((IBridgeStore)store.ImplementationFactory!(provider), failure));
    });
}

/// <summary>The real store, but reading a note does something else first.</summary>
public class FailingStore : DispatchProxy
{
    private IBridgeStore? store;
    private Func<CancellationToken, Task>? failure;

    internal static IBridgeStore Over(IBridgeStore store, Func<CancellationToken, Task> failure)
    {
        var proxy = Create<IBridgeStore, FailingStore>();
        ((FailingStore)(object)proxy).store = store;
        ((FailingStore)(object)proxy).failure = failure;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IBridgeStore.FindNoteAsync)
            ? FailAsync((CancellationToken)args![2]!)
            : targetMethod.Invoke(store, args);

    private async Task<StoredMessage?> FailAsync(CancellationToken cancellationToken)
    {
        await failure!(cancellationToken);
        return null;
    }
}
