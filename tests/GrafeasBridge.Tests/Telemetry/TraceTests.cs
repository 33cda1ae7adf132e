using System.Diagnostics;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>One trace from the sender's call to the target's reply.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task The_delivery_joins_the_trace_of_the_call_that_caused_it()
    {
        var trace = ActivityTraceId.CreateRandom();
        var delivered = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = new System.Collections.Concurrent.ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is BridgeTelemetry.SourceName or "Microsoft.AspNetCore" or "System.Net.Http",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            // Other tests run in this process, each in traces of its own.
            ActivityStarted = activity =>
            {
                if (activity.TraceId == trace)
                    calls.Add(activity);
            },
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace && activity.OperationName == "reconcile")
                    delivered.TrySetResult(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await BridgeHost.StartAsync();
        await BuildSamples.NoteAsync(host, "ci");
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"), new Metadata { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } });

        var reconcile = await delivered.Task.WaitAsync(BuildSamples.Cancelled);
        Assert.Equal(ActivityKind.Consumer, reconcile.Kind);
        Assert.Equal("embedded", reconcile.GetTagItem("grafeasbridge.target"));
        Assert.Equal("acme/images/team/web", reconcile.GetTagItem("grafeasbridge.package"));
        Assert.Equal("1", reconcile.GetTagItem("grafeasbridge.version"));
        Assert.Equal("delivered", reconcile.GetTagItem("grafeasbridge.outcome"));
        var call = Assert.Single(calls, activity => activity.SpanId == reconcile.ParentSpanId);
        Assert.Equal("00f067aa0ba902b7", call.ParentSpanId.ToHexString());
        Assert.Contains(calls, activity => activity.Source.Name == "System.Net.Http" && activity.ParentSpanId == reconcile.SpanId);
    }
}
