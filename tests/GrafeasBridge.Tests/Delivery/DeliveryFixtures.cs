using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Delivery.Http;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>Everything between a reconciler and a socket, as the registry puts it together.</summary>
internal sealed class TargetHarness : IDisposable
{
    public const string ApiKey = "canary-4711-key";

    private readonly TargetParts parts;

    public TargetHarness(string url, TimeProvider clock, TestLogs logs, Action<BintrayOptions>? change = null, DeliveryOptions? delivery = null)
    {
        Options = Make(url, change);
        Delivery = delivery ?? new DeliveryOptions();
        var loggers = logs.Factory();
        RateLimiter = new AdaptiveRateLimiter(Options, Delivery, clock, loggers.CreateLogger<AdaptiveRateLimiter>());
        var pipeline = new TargetPipeline(Options, RateLimiter, clock, loggers.CreateLogger<TargetPipeline>());
        parts = new TargetParts(Options, Delivery, pipeline, new DeliveryMetrics(clock), clock, loggers);
        Target = BintrayTarget.Make(Options, parts);
    }

    public BintrayOptions Options { get; }

    public DeliveryOptions Delivery { get; }

    public AdaptiveRateLimiter RateLimiter { get; }

    public BintrayTarget Target { get; }

    public static VersionCoordinates Version { get; } = new("acme", "images", "team/web", "1.4.0");

    public static BintrayOptions Make(string url, Action<BintrayOptions>? change = null)
    {
        var options = new BintrayOptions
        {
            Key = "Targets:0",
            Name = "main",
            BaseUrl = url,
            Username = "bridge",
            ApiKey = new Secret(ApiKey),
            MaxRetries = 0,
            CallTimeout = TimeSpan.FromMinutes(2),
            AttemptTimeout = TimeSpan.FromMinutes(1),
        };
        change?.Invoke(options);
        return options;
    }

    public static MappedAttribute Attribute(string name, AttributeType type, params string[] values) =>
        new(name, type, values, name, "projects/p/occurrences/o", "build.provenance", null);

    /// <summary>How reading the version ends when it does not succeed.</summary>
    public async Task<TargetException> ReadFailsAsync() =>
        await Assert.ThrowsAsync<TargetException>(() => Target.ReadAsync(Version, TestContext.Current.CancellationToken));

    public void Dispose() => parts.Dispose();

    public static ClaimedVersion Claimed(int attempts = 1, DateTimeOffset? failingSince = null) =>
        new(1, "main", Version, "lease", 1, attempts, failingSince, [], null);
}
