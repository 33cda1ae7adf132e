namespace GrafeasBridge.Delivery.Http;

/// <summary>What an answer means to a kind of target.</summary>
/// <param name="method">Of the request.</param>
/// <param name="status">HTTP status.</param>
/// <param name="body">All of it for a success, else its beginning. Anything may be in it.</param>
/// <param name="location">Where a redirect points; null without one.</param>
internal delegate TargetVerdict JudgeReply(HttpMethod method, int status, ReadOnlySpan<byte> body, Uri? location);

/// <summary>What every kind makes its target of. Closes what it gave away.</summary>
internal sealed class TargetParts(
    TargetOptions options, DeliveryOptions delivery, TargetPipeline pipeline, DeliveryMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
    : IDisposable
{
    private readonly List<TargetHttp> given = [];

    public ILoggerFactory Loggers => loggers;

    /// <param name="authorize">From the API key, which is read anew for each call, to what a request is authorized with.</param>
    /// <param name="judge">What an answer means. Pure.</param>
    public TargetHttp Http(Func<string, Credentials> authorize, JudgeReply judge)
    {
        var http = new TargetHttp(options, delivery, pipeline, metrics, clock, authorize, judge);
        given.Add(http);
        return http;
    }

    public void Dispose()
    {
        foreach (var http in given)
            http.Dispose();
    }
}
