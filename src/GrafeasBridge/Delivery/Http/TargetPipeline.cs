using GrafeasBridge.Delivery.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace GrafeasBridge.Delivery.Http;

/// <summary>
/// The seconds of retrying, once per target: total time-out, retry, circuit breaker, attempt time-out, rate limiter, in this order. What
/// it gives up on, the store schedules.
/// </summary>
internal sealed partial class TargetPipeline
{
    private readonly ResiliencePipeline<TargetReply> pipeline;
    private readonly TargetOptions options;
    private readonly AdaptiveRateLimiter limiter;
    private readonly ILogger logger;

    public TargetPipeline(TargetOptions options, AdaptiveRateLimiter limiter, TimeProvider clock, ILogger logger)
    {
        this.options = options;
        this.limiter = limiter;
        this.logger = logger;
        var builder = new ResiliencePipelineBuilder<TargetReply> { Name = options.Name, TimeProvider = clock };
        builder.AddTimeout(options.CallTimeout);
        if (options.MaxRetries > 0)
            builder.AddRetry(Retry());
        pipeline = builder.AddCircuitBreaker(Breaker()).AddTimeout(options.AttemptTimeout).Build();
    }

    /// <summary>Runs attempts until one is final.</summary>
    /// <param name="attempt">Makes a new request each time; turns every fault of the wire into a reply.</param>
    /// <param name="cancellationToken">The caller's; when it fires the call throws, whatever the attempt did.</param>
    public async Task<TargetReply> CallAsync(Func<CancellationToken, ValueTask<TargetReply>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(token => limiter.CallAsync(attempt, token), cancellationToken);
        }
        catch (TimeoutRejectedException rejected) when (!cancellationToken.IsCancellationRequested)
        {
            return TargetReply.None($"The target did not answer within {RetryAfterHeader.Say(rejected.Timeout)}.");
        }
        catch (TimeoutRejectedException rejected)
        {
            // Both at the same moment: to the caller it is the cancellation that it asked for.
            throw new OperationCanceledException(rejected.Message, rejected, cancellationToken);
        }
        catch (BrokenCircuitException broken) when (!cancellationToken.IsCancellationRequested)
        {
            return TargetReply.None(
                "The target failed nearly every call of the last half minute and is left alone for a moment.",
                broken.RetryAfter ?? options.BreakDuration);
        }
    }

    private RetryStrategyOptions<TargetReply> Retry() => new()
    {
        MaxRetryAttempts = options.MaxRetries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        ShouldHandle = args => ValueTask.FromResult(RetriesHere(args.Outcome, args.AttemptNumber)),
        DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter),
        OnRetry = args =>
        {
            var reason = args.Outcome.Result?.Reason ?? "It did not answer in time.";
            Log.Retrying(logger, options.Name, args.AttemptNumber + 1, args.RetryDelay, reason);
            return default;
        },
    };

    /// <summary>True when the same request is worth repeating within seconds.</summary>
    private bool RetriesHere(Outcome<TargetReply> outcome, int attempt)
    {
        if (outcome.Exception is TimeoutRejectedException)
            return true;
        if (outcome.Result is not { Failure: { } failure } reply || reply.RetryAfter > options.MaxWait)
            return false;
        return failure switch
        {
            DeliveryOutcome.Unreachable => reply.Status is < 300 or >= 400,
            DeliveryOutcome.MalformedResponse => true,
            // Only a short wait that the target names is waited for here: a limit lasts, and each repetition is one call more over it.
            DeliveryOutcome.Throttled => reply.Status == 429 && reply.RetryAfter is not null,
            // A right key was refused now and then by the real service; once more is enough to tell.
            DeliveryOutcome.Unauthorized => reply.Status == 401 && attempt == 0,
            _ => false,
        };
    }

    // A high ratio and volume: one dead version among living ones must not open the circuit for all.
    private CircuitBreakerStrategyOptions<TargetReply> Breaker() => new()
    {
        FailureRatio = 0.8,
        MinimumThroughput = 20,
        SamplingDuration = TimeSpan.FromSeconds(30),
        BreakDuration = options.BreakDuration,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is TimeoutRejectedException || args.Outcome.Result?.Failure is DeliveryOutcome.Unreachable),
        OnOpened = args =>
        {
            Log.CircuitOpened(logger, options.Name, args.BreakDuration);
            return default;
        },
        OnClosed = _ =>
        {
            Log.CircuitClosed(logger, options.Name);
            return default;
        },
    };

    private static partial class Log
    {
        [LoggerMessage(
            3000, LogLevel.Debug,
            "A call to target {Target} is repeated (attempt {Attempt}) after {Delay}: {Reason}",
            EventName = "Retrying")]
        public static partial void Retrying(ILogger logger, string target, int attempt, TimeSpan delay, string reason);

        [LoggerMessage(
            3001, LogLevel.Warning,
            "Target {Target} fails nearly every call; it is left alone for {Duration}",
            EventName = "CircuitOpened")]
        public static partial void CircuitOpened(ILogger logger, string target, TimeSpan duration);

        [LoggerMessage(3002, LogLevel.Information, "Target {Target} answers again", EventName = "CircuitClosed")]
        public static partial void CircuitClosed(ILogger logger, string target);
    }
}
