using BintrayEmulator.Http;
using BintrayEmulator.Routing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace BintrayEmulator.Faults;

/// <summary>Makes calls fail as the plan says. The emulator's own pages never fail.</summary>
internal sealed partial class FaultMiddleware(
    RequestDelegate next,
    FaultSelector selector,
    DeferredChanges deferred,
    RequestCounter counter,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<FaultMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var route = context.GetEndpoint()?.Metadata.GetMetadata<RouteKind>();
        await deferred.CatchUpAsync(isCall: route?.IsOwn != true);
        if (route?.IsOwn == true)
        {
            await next(context);
            return;
        }

        var target = new FaultTarget(context.Request.Method, context.Request.Path.Value ?? "/", route?.IsAttributes ?? false);
        var fault = selector.Select(target);
        if (fault is null)
            await next(context);
        else
            await ApplyAsync(context, fault);
    }

    private async Task ApplyAsync(HttpContext context, Fault fault)
    {
        Log.Fired(logger, fault.Kind, fault.Rule, fault.Applied);
        switch (fault.Kind)
        {
            case FaultKind.Reorder:
                await ReorderAsync(context, fault);
                return;
            case FaultKind.StaleRead:
                await AnswerStaleAsync(context, fault);
                return;
            case FaultKind.LostWrite or FaultKind.Truncate or FaultKind.LateLoss or FaultKind.DeleteVersion:
                context.Features.Set<CallWriter>(new FaultyCallWriter(fault.Effects!, deferred));
                await next(context);
                return;
            case FaultKind.Slow:
                await SlowAsync(context, fault);
                return;
            case FaultKind.Delay:
                await DelayAsync(context, fault);
                return;
            case FaultKind.Cut:
                await CutAsync(context);
                return;
            default:
                await ReplaceAsync(context, fault);
                return;
        }
    }

    private async Task ReorderAsync(HttpContext context, Fault fault)
    {
        var answer = await CarryOutAsync(context);
        if (context.Response.StatusCode == StatusCodes.Status200OK)
            await ChangedAnswers.Shuffled(StatusCodes.Status200OK, answer, fault.Seed).WriteAsync(context);
        else
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    // The call itself runs too, so that it is refused and counted like any other.
    private async Task AnswerStaleAsync(HttpContext context, Fault fault)
    {
        var answer = await CarryOutAsync(context);
        if (context.Response.StatusCode == StatusCodes.Status200OK)
            await ChangedAnswers.Stale(context, fault.Stale!).WriteAsync(context);
        else
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private async Task SlowAsync(HttpContext context, Fault fault)
    {
        try
        {
            await WaitAsync(context, fault);
            await next(context);
        }
        finally
        {
            fault.InFlight!.Leave();
        }
    }

    private async Task DelayAsync(HttpContext context, Fault fault)
    {
        if (!fault.Applied)
        {
            await WaitAsync(context, fault);
            await next(context);
            return;
        }

        var answer = await CarryOutAsync(context);
        await WaitAsync(context, fault);
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    // Promises the whole answer, sends half of it, and goes.
    private async Task CutAsync(HttpContext context)
    {
        var answer = await CarryOutAsync(context);
        if (answer.Length > 1 && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        counter.Drop(context);
    }

    private async Task ReplaceAsync(HttpContext context, Fault fault)
    {
        if (fault.Applied)
        {
            await CarryOutAsync(context);
            context.Response.Clear();
            EmulatorIdentity.Stamp(context.Response);
        }

        if (fault.Kind == FaultKind.Stall)
            await WaitAsync(context, fault);

        if (fault.Kind is FaultKind.Stall or FaultKind.Reset)
        {
            counter.Drop(context);
            return;
        }

        await Refusal(fault).WriteAsync(context);
    }

    private static Answer Refusal(Fault fault)
    {
        var reason = ReasonPhrases.GetReasonPhrase(fault.Status);
        var answer = fault.Kind == FaultKind.Html ? Answer.Nginx(fault.Status, reason) : Answer.Message(fault.Status, fault.Body ?? reason);
        if (fault is { Kind: FaultKind.Html, Body: not null })
            answer = answer with { Html = fault.Body };

        return fault.RetryAfter is null ? answer : answer with { Headers = [("Retry-After", fault.RetryAfter)] };
    }

    // Runs the call to its end, and keeps what it would have answered.
    private async Task<byte[]> CarryOutAsync(HttpContext context)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var kept = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(kept));
        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(body);
        }

        return kept.ToArray();
    }

    // Ends early when the caller leaves or the emulator stops.
    private async Task WaitAsync(HttpContext context, Fault fault)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await Task.Delay(fault.Duration, clock, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static partial class Log
    {
        [LoggerMessage(6010, LogLevel.Debug, "Fault {Kind} by {Rule}, applied first: {Applied}", EventName = "EmulatorFaultFired")]
        public static partial void Fired(ILogger logger, FaultKind kind, string rule, bool applied);
    }
}
