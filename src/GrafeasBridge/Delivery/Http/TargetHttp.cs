using System.Buffers;
using System.Net.Http.Headers;
using System.Reflection;
using GrafeasBridge.Delivery.RateLimiting;

namespace GrafeasBridge.Delivery.Http;

/// <summary>HTTP to one endpoint: one authenticated call with bounds on everything, repeated by the target's pipeline.</summary>
internal sealed class TargetHttp : IDisposable
{
    private const int MaxErrorBytes = 4096;

    private static readonly ProductInfoHeaderValue Agent = new(
        "GrafeasBridge", typeof(TargetHttp).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0");

    private readonly TargetOptions options;
    private readonly DeliveryOptions delivery;
    private readonly TargetPipeline pipeline;
    private readonly DeliveryMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ApiKeySource apiKey;
    private readonly Func<string, Credentials> authorize;
    private readonly JudgeReply judge;
    private readonly HttpClient http;
    private readonly string root;

    public TargetHttp(
        TargetOptions options,
        DeliveryOptions delivery,
        TargetPipeline pipeline,
        DeliveryMetrics metrics,
        TimeProvider clock,
        Func<string, Credentials> authorize,
        JudgeReply judge)
    {
        this.options = options;
        this.delivery = delivery;
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.clock = clock;
        this.authorize = authorize;
        this.judge = judge;
        apiKey = new ApiKeySource(options);
        root = options.BaseUrl.TrimEnd('/');
        http = new HttpClient(Handler(options, delivery)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>One call.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="path">Beginning with a slash, already encoded.</param>
    /// <param name="json">The request's body; null for none.</param>
    /// <param name="cancellationToken">Ends the call with an exception.</param>
    /// <returns>A reply whose failure is set when the target did not do it.</returns>
    public Task<TargetReply> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        pipeline.CallAsync(
            async attempt =>
            {
                var reply = await AttemptAsync(method, path, json, attempt);
                metrics.Called(options.Name, reply.Failure);
                return reply;
            },
            cancellationToken);

    public void Dispose() => http.Dispose();

    // One handler lives as long as the target; connections are renewed so that a changed DNS answer is noticed.
    private static SocketsHttpHandler Handler(TargetOptions options, DeliveryOptions delivery) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = options.UseProxy,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxConnectionsPerServer = AdaptiveRateLimiter.MostInFlight(options, delivery) + 1, // one for drift checks
        MaxResponseHeadersLength = 32,
        ConnectCallback = GuardedConnect.ConnectAsync,
    };

    /// <summary>Turns whatever the wire does into a reply; throws only when its token fires.</summary>
    private async ValueTask<TargetReply> AttemptAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken)
    {
        try
        {
            var credentials = authorize(await apiKey.ReadAsync(cancellationToken));
            using var request = new HttpRequestMessage(method, root + path);
            request.Headers.Authorization = credentials.Header;
            request.Headers.UserAgent.Add(Agent);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (json is not null)
                request.Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return await ReplyAsync(response, method, credentials, cancellationToken);
        }
        catch (TargetException keyless)
        {
            return new TargetReply(keyless.Outcome, keyless.Message, 0, ReadOnlyMemory<byte>.Empty, null);
        }
        catch (HttpRequestException fault)
        {
            return TargetReply.None(WireFaults.Say(fault)) with { Disconnected = WireFaults.IsDisconnected(fault) };
        }
        catch (IOException)
        {
            return TargetReply.None("The target closed the connection before its answer ended.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return TargetReply.None($"No connection to the target within {RetryAfterHeader.Say(options.ConnectTimeout)}.") with
            {
                Disconnected = true,
            };
        }
    }

    private async Task<TargetReply> ReplyAsync(
        HttpResponseMessage response, HttpMethod method, Credentials credentials, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var retryAfter = RetryAfterHeader.Read(response.Headers, clock, delivery.MaxRetryAfter);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        (var body, var whole) = await ReadAsync(
            stream, response.IsSuccessStatusCode ? options.MaxReplyBytes : MaxErrorBytes, cancellationToken);
        (var failure, var reason, var missing) = judge(method, status, body, response.Headers.Location);
        if (failure is null && !whole && response.IsSuccessStatusCode)
        {
            failure = DeliveryOutcome.MalformedResponse;
            reason = $"The target's answer is longer than {options.Key}:MaxReplyBytes ({options.MaxReplyBytes}).";
        }

        return new TargetReply(failure, credentials.Redact(reason), status, body, failure is null ? null : retryAfter)
        {
            Missing = missing,
            Rate = RateHeaders.Read(response.Headers, clock.GetUtcNow()),
        };
    }

    /// <returns>The beginning of the body, up to <paramref name="max"/> bytes, and whether that was all.</returns>
    private static async Task<(byte[] Body, bool Whole)> ReadAsync(Stream stream, int max, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(Math.Min(max, 4096));
        while (body.WrittenCount < max)
        {
            var room = body.GetMemory(1);
            var read = await stream.ReadAsync(room[..Math.Min(room.Length, max - body.WrittenCount)], cancellationToken);
            if (read == 0)
                return (body.WrittenSpan.ToArray(), true);
            body.Advance(read);
        }

        return (body.WrittenSpan.ToArray(), await stream.ReadAsync(new byte[1], cancellationToken) == 0);
    }
}
