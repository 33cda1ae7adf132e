using System.Globalization;
using System.Security.Cryptography;
using Google.Rpc;
using Grpc.Core;

namespace GrafeasBridge.Cli.Connecting;

/// <summary>Repeats a call while the service is unavailable or asks for a delay; the session's time-out bounds all attempts.</summary>
/// <param name="Attempts">In all, the first included.</param>
/// <param name="FirstDelay">Doubles with every attempt, with jitter, unless the service says how long.</param>
/// <param name="RepeatsAreSafe">False when a call that may have been done must not be done again.</param>
internal sealed record RetryPolicy(int Attempts, TimeSpan FirstDelay, bool RepeatsAreSafe)
{
    /// <summary>For reads: few attempts, because a person waits.</summary>
    public static readonly RetryPolicy Reading = new(3, TimeSpan.FromMilliseconds(200), RepeatsAreSafe: true);

    /// <summary>For writes that the service recognises when repeated.</summary>
    public static readonly RetryPolicy Sending = new(5, TimeSpan.FromMilliseconds(500), RepeatsAreSafe: true);

    /// <summary>For writes without a request id: a lost answer must not become a second occurrence.</summary>
    public static readonly RetryPolicy SendingOnce = Sending with { RepeatsAreSafe = false };

    private const string Pushback = "grpc-retry-pushback-ms";

    public async Task<T> RunAsync<T>(Func<Task<T>> call, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (RpcException e) when (attempt < Attempts && Delay(e, attempt) is { } delay)
            {
                await Task.Delay(delay, clock, cancellationToken);
            }
        }
    }

    /// <summary>How long to wait before the next attempt; null when another one makes no sense.</summary>
    private TimeSpan? Delay(RpcException e, int attempt)
    {
        if (!MayPass(e))
            return null;

        if (e.Trailers.GetValue(Pushback) is { } pushback)
        {
            return int.TryParse(pushback, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null; // a server says "do not retry" with anything but a number
        }

        if (e.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan() is { } asked && asked >= TimeSpan.Zero)
            return asked;

        var jitter = RandomNumberGenerator.GetInt32(75, 126) / 100.0;
        return FirstDelay * (1 << (attempt - 1)) * jitter;
    }

    private bool MayPass(RpcException e) => e.StatusCode switch
    {
        StatusCode.Unavailable => RepeatsAreSafe,
        // The transport's own refusal of a message that is too large stays a refusal.
        StatusCode.ResourceExhausted => !e.Status.Detail.Contains("maximum configured message size", StringComparison.Ordinal),
        _ => false,
    };
}
