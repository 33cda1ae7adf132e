using System.Reflection;
using GrafeasBridge.Access;
using GrafeasBridge.Delivery;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GrafeasBridge.Health;

internal static class HealthServices
{
    /// <summary>The name under which gRPC clients watch deliveries, beside the names of services.</summary>
    internal const string DeliveryHealth = "grafeasbridge.delivery";

    private const string ReadyTag = "ready";
    private const string DeliveryTag = "delivery";

    // "" is the whole server.
    private static readonly string[] Services =
    [
        "", Grafeas.V1.Grafeas.Descriptor.FullName, Grafeas.V1.Project.Projects.Descriptor.FullName,
        Grafeas.V1Beta1.GrafeasV1Beta1.Descriptor.FullName, Grafeas.V1Beta1.Project.Projects.Descriptor.FullName,
        V1.Bridge.Descriptor.FullName, V1.Builds.Descriptor.FullName, V1.ReceiptBook.Descriptor.FullName,
    ];

    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsRules>();
        services.AddOptions<HealthOptions>().Bind(configuration.GetSection(HealthOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>();
        AddChecks(services);
        return AddOpenTelemetry(services, configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new());
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGrpcHealthChecksService().AllowAnonymous();
        app.MapGrpcService<HealthReportsService>();
        app.MapGet(TelemetryPaths.Alive, () => Results.Json(new { status = "alive" })).AllowAnonymous();
        app.MapGet(TelemetryPaths.Ready, Readiness.AnswerAsync).AllowAnonymous();
    }

    /// <summary>Nothing unless it is asked for.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.Prometheus)
            app.MapPrometheusScrapingEndpoint(TelemetryPaths.Metrics).RequireRole(Role.Metrics);
    }

    private static void AddChecks(IServiceCollection services)
    {
        services.AddSingleton<StoreHealth>();
        services.AddSingleton<BridgeHealth>();
        services.AddSingleton<HealthReportsService>();
        services.AddSingleton<IHealthIssueSource, DiskSpace>();
        services.AddSingleton<IHealthCheckPublisher, HealthTransitionLog>();
        // Mapped by hand to the names that a client may ask for.
        services.AddGrpcHealthChecks(options =>
            {
                foreach (var name in Services)
                    options.Services.Map(name, check => check.Tags.Contains(ReadyTag));
                options.Services.Map(DeliveryHealth, check => check.Tags.Contains(DeliveryTag));
            })
            .AddCheck<ReadinessCheck>(ReadinessCheck.Name, tags: [ReadyTag])
            .AddCheck<ComponentHealthCheck<DeliveryHealthIssues>>(DeliveryTag, tags: [DeliveryTag]);
        // Watch streams follow the publisher; Check runs the checks at the time of the call.
        services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.Zero;
            options.Period = TimeSpan.FromSeconds(5);
        });
        // Anyone may ask for health, so an answer is no news; what begins and ceases is told once, by HealthTransitionLog.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
    }

    private static IServiceCollection AddOpenTelemetry(IServiceCollection services, TelemetryOptions options)
    {
        // One that is no address stops the start by TelemetryOptionsRules.
        var exports = Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var endpoint);
        if (!exports && !options.Prometheus)
            return services;
        var version = typeof(HealthServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.ServiceName, serviceVersion: version))
            .WithMetrics(metrics => Measure(metrics, options.Prometheus));
        if (exports)
        {
            telemetry
                .WithTracing(tracing => tracing
                    .AddSource(BridgeTelemetry.SourceName)
                    .AddAspNetCoreInstrumentation(web => web.Filter = context => !TelemetryPaths.IsWatched(context.Request.Path))
                    .AddHttpClientInstrumentation())
                .WithLogging()
                .UseOtlpExporter(options.OtlpProtocol, endpoint!);
        }

        return services;
    }

    private static void Measure(MeterProviderBuilder metrics, bool prometheus)
    {
        metrics
            .AddMeter(BridgeTelemetry.MeterName)
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation();
        if (prometheus)
            metrics.AddPrometheusExporter();
    }
}
