using System.Diagnostics.Metrics;
using System.Globalization;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Hosting;

namespace GrafeasBridge.Lab.Host;

/// <summary>Writes down once in a while what the service publishes as its time to drain: the metric that an operator would look at.</summary>
internal sealed class DrainFile(string file) : BackgroundService
{
    private const string Instrument = "grafeasbridge.delivery.time_to_drain";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        double? seconds = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == BridgeTelemetry.MeterName && instrument.Name == Instrument)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => seconds = value);
        listener.Start();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            seconds = null;
            listener.RecordObservableInstruments();
            if (seconds is not { } told)
                continue;
            var now = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
            await File.AppendAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"{now} {told}\n"), stoppingToken);
        }
    }
}
