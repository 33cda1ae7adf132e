using Microsoft.Extensions.Options;

namespace GrafeasBridge.Telemetry;

/// <summary>Section <c>Telemetry</c>: what leaves the process. Nothing does until it is asked for.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>OTLP endpoint for traces, metrics and logs, such as <c>http://collector:4317</c>. Empty: off.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary><c>Grpc</c> or <c>HttpProtobuf</c>.</summary>
    public OpenTelemetry.Exporter.OtlpExportProtocol OtlpProtocol { get; set; } = OpenTelemetry.Exporter.OtlpExportProtocol.Grpc;

    /// <summary>Serves <c>/metrics</c> for Prometheus to scrape. Where keys are asked for it needs one with the role <c>metrics</c>.</summary>
    public bool Prometheus { get; set; }

    /// <summary>service.name of everything that is exported.</summary>
    public string ServiceName { get; set; } = "grafeasbridge";
}

internal sealed class TelemetryOptionsRules : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
        options.OtlpEndpoint.Length == 0
        || (Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Telemetry:OtlpEndpoint ({options.OtlpEndpoint}) must be an http or https address such as http://collector:4317, or empty.");
}
