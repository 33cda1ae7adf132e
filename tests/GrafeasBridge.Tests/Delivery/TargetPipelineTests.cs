using GrafeasBridge.Delivery;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace GrafeasBridge.Tests.Delivery;

public sealed class TargetPipelineTests : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private readonly TestClock clock = new();
    private FakeBintray fake = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "team:web", "1.4.0");
    }

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Theory]
    [InlineData("30")]
    [InlineData("Mon, 02 Nov 2026 08:00:30 GMT")]
    public async Task A_throttled_call_waits_as_long_as_the_server_asked(string retryAfter)
    {
        FirstThen(context =>
        {
            context.Response.Headers.RetryAfter = retryAfter;
            return FakeBintray.SayAsync(context, 429, "slow down");
        });
        using var harness = Harness(o => (o.MaxRetries, o.MaxWait) = (1, TimeSpan.FromMinutes(1)));

        var call = harness.Target.ReadAsync(TargetHarness.Version, Token);
        await clock.WaitsForAsync(TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        Assert.Single(fake.Calls);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await call);
        Assert.Equal(2, fake.Calls.Count);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Mon, 02 Nov 2026 08:02:00 GMT", 120)]
    [InlineData("Mon, 02 Nov 2026 07:00:00 GMT", 0)]
    [InlineData("99999999999999", 86400)]
    [InlineData("Fri, 02 Nov 2096 07:00:00 GMT", 86400)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    public async Task What_the_target_asks_for_is_read_in_both_forms_and_kept_within_bounds(string retryAfter, int? seconds)
    {
        Always(context =>
        {
            context.Response.Headers.RetryAfter = retryAfter;
            return FakeBintray.AnswerAsync(context, 503, "");
        });
        using var harness = Harness();

        var failure = await harness.ReadFailsAsync();

        Assert.Equal(DeliveryOutcome.Unreachable, failure.Outcome);
        Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_long_wait_belongs_to_the_store_and_is_not_sat_out_in_the_call()
    {
        Always(context =>
        {
            context.Response.Headers.RetryAfter = "6";
            return FakeBintray.SayAsync(context, 429, "slow down");
        });
        using var harness = Harness(o => o.MaxRetries = 3);

        var failure = await harness.ReadFailsAsync();

        Assert.Equal((DeliveryOutcome.Throttled, TimeSpan.FromSeconds(6)), (failure.Outcome, failure.RetryAfter));
        Assert.Single(fake.Calls);
    }

    [Fact]
    public async Task The_api_call_limit_is_not_tried_again_within_the_call()
    {
        Always(context => FakeBintray.SayAsync(context, 403, "You have exceeded your API call limit"));
        using var harness = Harness(o => o.MaxRetries = 3);

        Assert.Equal(DeliveryOutcome.Throttled, (await harness.ReadFailsAsync()).Outcome);
        Assert.Single(fake.Calls);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("cut")]
    [InlineData("500")]
    [InlineData("405")]
    [InlineData("html200")]
    [InlineData("401")]
    public async Task A_fault_that_passes_is_bridged_within_the_call(string fault)
    {
        FirstThen(context => Broken(context, fault));
        using var harness = Harness(o => (o.MaxRetries, o.RetryDelay) = (2, TimeSpan.Zero));

        if (fault == "html200")
        {
            // Read in full as a success, so the pipeline cannot know; the store's schedule takes it.
            Assert.Equal(DeliveryOutcome.MalformedResponse, (await harness.ReadFailsAsync()).Outcome);
            return;
        }

        Assert.Empty(await harness.Target.ReadAsync(TargetHarness.Version, Token));
        Assert.Equal(2, fake.Calls.Count);
    }

    [Theory]
    [InlineData("reset", "Unreachable")]
    [InlineData("cut", "Unreachable")]
    [InlineData("redirect", "Unreachable")]
    [InlineData("headers", "Unreachable")]
    [InlineData("endless", "MalformedResponse")]
    [InlineData("endless500", "Unreachable")]
    [InlineData("garbage", "MalformedResponse")]
    public async Task Whatever_comes_back_is_survived_and_named(string fault, string outcome)
    {
        Always(context => Broken(context, fault));
        using var harness = Harness(o => o.MaxReplyBytes = 65_536);

        Assert.Equal(outcome, (await harness.ReadFailsAsync()).Outcome.ToString());
        Assert.Single(fake.Calls);
    }

    [Fact]
    public async Task Credentials_that_stay_refused_are_tried_twice_and_no_more()
    {
        Always(context => FakeBintray.SayAsync(context, 401, "This resource requires authentication"));
        using var harness = Harness(o => (o.MaxRetries, o.RetryDelay) = (5, TimeSpan.Zero));

        Assert.Equal(DeliveryOutcome.Unauthorized, (await harness.ReadFailsAsync()).Outcome);
        Assert.Equal(2, fake.Calls.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stalled_answer_is_given_up_after_the_attempt_timeout(bool afterHeaders)
    {
        Always(async context =>
        {
            if (afterHeaders)
                await context.Response.Body.FlushAsync(context.RequestAborted);
            await Stalled(context);
        });
        using var harness = Harness(o => o.AttemptTimeout = TimeSpan.FromSeconds(7));

        var failing = harness.ReadFailsAsync();
        await fake.UntilAsync(calls => calls.Count == 1);
        clock.Advance(TimeSpan.FromSeconds(7));

        var failure = await failing;
        Assert.Equal((DeliveryOutcome.Unreachable, "The target did not answer within 7 s."), (failure.Outcome, failure.Message));
    }

    [Fact]
    public async Task The_callers_own_cancel_is_not_taken_for_a_timeout()
    {
        Always(Stalled);
        using var harness = Harness(o => o.MaxRetries = 3);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var call = harness.Target.ReadAsync(TargetHarness.Version, caller.Token);
        await fake.UntilAsync(calls => calls.Count == 1);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Single(fake.Calls);
    }

    [Fact]
    public async Task A_target_that_fails_nearly_every_call_is_left_alone_and_then_tried_again()
    {
        Always(context => FakeBintray.AnswerAsync(context, 502, "<html/>", "text/html"));
        using var harness = Harness(o => o.BreakDuration = TimeSpan.FromSeconds(5));
        for (var i = 0; i < 20; i++)
            Assert.Null((await harness.ReadFailsAsync()).RetryAfter);

        var open = await harness.ReadFailsAsync();
        Assert.Equal((DeliveryOutcome.Unreachable, TimeSpan.FromSeconds(5)), (open.Outcome, open.RetryAfter));
        Assert.Equal(20, fake.Calls.Count);

        fake.Script = null;
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await harness.Target.ReadAsync(TargetHarness.Version, Token));
        Assert.Contains(logs.Entries, e => e.Event.Name == "CircuitOpened");
        Assert.Contains(logs.Entries, e => e.Event.Name == "CircuitClosed");
    }

    private static async Task Stalled(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using (context.RequestAborted.Register(gone.SetResult))
            await gone.Task;
    }

    private static async Task Broken(HttpContext context, string fault)
    {
        switch (fault)
        {
            case "reset":
                context.Abort();
                break;
            case "cut":
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("[");
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case "redirect":
                context.Response.Headers.Location = "https://elsewhere.example/x";
                context.Response.StatusCode = 302;
                break;
            case "headers":
                for (var i = 0; i < 40; i++)
                    context.Response.Headers[$"X-{i}"] = new string('h', 1000);
                break;
            case "endless" or "endless500":
                context.Response.StatusCode = fault == "endless" ? 200 : 500;
                var chunk = new byte[8192];
                Array.Fill(chunk, (byte)' ');
                for (var i = 0; i < 4096 && !context.RequestAborted.IsCancellationRequested; i++)
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                break;
            case "garbage":
                await context.Response.Body.WriteAsync(new byte[] { 0, 255, 254, 7, 128 });
                break;
            case "401":
                await FakeBintray.SayAsync(context, 401, "This resource requires authentication");
                break;
            case "html200":
                await FakeBintray.AnswerAsync(context, 200, "<html>welcome</html>", "text/html");
                break;
            default:
                await FakeBintray.AnswerAsync(
                    context, int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture), "<html>nginx</html>", "text/html");
                break;
        }
    }

    private void Always(Func<HttpContext, Task> answer) => fake.Script = async (_, context) =>
    {
        await answer(context);
        return true;
    };

    private void FirstThen(Func<HttpContext, Task> answer)
    {
        var calls = 0;
        fake.Script = async (_, context) =>
        {
            if (Interlocked.Increment(ref calls) > 1)
                return false;
            await answer(context);
            return true;
        };
    }

    private TargetHarness Harness(Action<TargetOptions>? change = null) => new(fake.Url, clock, logs, change);
}
