using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace GrafeasBridge.Cli;

/// <summary>One run of one verb: where it prints, how long it may take, and the connection, opened when first needed.</summary>
internal sealed class Session : IDisposable
{
    private readonly Lazy<ConnectionSettings> settings;
    private readonly Lazy<GrpcChannel> channel;
    private readonly CancellationTokenSource deadline;
    private readonly CancellationTokenSource linked;
    private readonly CancellationToken interrupted;

    public Session(
        Screen screen, TimeProvider clock, TimeSpan timeout, Func<ConnectionSettings> settings, CancellationToken cancellationToken)
    {
        (Screen, Clock, Timeout, interrupted) = (screen, clock, timeout, cancellationToken);
        this.settings = new Lazy<ConnectionSettings>(settings);
        channel = new Lazy<GrpcChannel>(() => Connection.Open(this.settings.Value));
        deadline = new CancellationTokenSource(timeout, clock);
        linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
    }

    public Screen Screen { get; }

    public TimeProvider Clock { get; }

    public TimeSpan Timeout { get; }

    /// <summary>Cancelled by the user or the time-out, whichever comes first.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>Cancelled by the user only.</summary>
    public CancellationToken Interrupted => interrupted;

    /// <summary>True when the time ran out, and it was not the user who stopped.</summary>
    public bool TimedOut => deadline.IsCancellationRequested && !interrupted.IsCancellationRequested;

    public Uri Server => settings.Value.Server;

    public Grafeas.V1.Grafeas.GrafeasClient Grafeas => new(channel.Value);

    public Bridge.BridgeClient Bridge => new(channel.Value);

    public ReceiptBook.ReceiptBookClient ReceiptBook => new(channel.Value);

    public Health.HealthClient Health => new(channel.Value);

    public HealthReports.HealthReportsClient HealthReports => new(channel.Value);

    /// <summary>A call that changes nothing, so it may be repeated.</summary>
    public Task<T> QueryAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call) => CallAsync(RetryPolicy.Reading, call, requestId: null);

    /// <param name="requestId">Identity of a write, by which the service recognises a repeat; null when it has none.</param>
    public Task<T> CallAsync<T>(RetryPolicy policy, Func<CallOptions, AsyncUnaryCall<T>> call, string? requestId) =>
        CallAsync(policy, options => call(options).ResponseAsync, requestId);

    /// <inheritdoc cref="CallAsync{T}(RetryPolicy, Func{CallOptions, AsyncUnaryCall{T}}, string?)"/>
    public Task<T> CallAsync<T>(RetryPolicy policy, Func<CallOptions, Task<T>> call, string? requestId)
    {
        var headers = new Metadata();
        if (settings.Value.ApiKey is { } key)
            headers.Add("authorization", "Bearer " + key);
        if (requestId is not null)
            headers.Add("x-request-id", requestId);

        return policy.RunAsync(() => call(new CallOptions(headers, cancellationToken: Token)), Clock, Token);
    }

    public void Dispose()
    {
        if (channel.IsValueCreated)
            channel.Value.Dispose();
        linked.Dispose();
        deadline.Dispose();
    }
}
