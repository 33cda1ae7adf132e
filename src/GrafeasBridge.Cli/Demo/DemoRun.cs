using System.Globalization;
using System.Text.Json;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.Cli.Sending;
using GrafeasBridge.V1;
using Spectre.Console;

namespace GrafeasBridge.Cli.Demo;

/// <summary>The main job, once, on this machine: start the service, send real builds, read their attributes back from the emulator.</summary>
internal sealed class DemoRun(Session session, DemoEnvironment place, HttpClient http)
{
    private readonly Screen screen = session.Screen;
    private readonly long began = session.Clock.GetTimestamp();

    public async Task<int> RunAsync()
    {
        var sent = await SendAsync();
        if (ExitCode.Worst(sent.Select(ExitCodeOf)) is not ExitCode.Done and var code)
            return code;

        await ReadBackAsync(sent);
        return ExitCode.Done;
    }

    /// <summary>A step, with the time since the start.</summary>
    public void Report(string text)
    {
        var seconds = session.Clock.GetElapsedTime(began).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        screen.Step($"[{seconds,5} s] {text}");
    }

    private async Task<IReadOnlyList<SendResult>> SendAsync()
    {
        var items = DemoPayloads.Read();
        foreach (var item in items)
            Report($"Sending {item.InputLocation.File} by gRPC, its note first: {item.Occurrence?.ResourceUri}");

        var sender = new Sender(session, new SendSettings(CreateNotes: true, RequestId: null, RequestIds: true, WaitUntilVerified: true));
        var results = await sender.SendAsync(items);
        foreach (var result in results)
            ReportResult(result);

        return results;
    }

    private void ReportResult(SendResult result)
    {
        var what = result.Item.InputLocation.File;
        if ((result.Failure ?? result.DeliveryFailure) is { } failure)
            Report($"{what} failed: {failure}");
        else if (result.Delivery is not { Versions.Count: > 0 } delivery)
            Report($"{what} was stored as {result.Name}, but concerns no version: {result.Delivery?.UnmappedReason}");
        else if (result.Undelivered)
            Report($"{what} did not arrive: {string.Join("; ", delivery.Versions.Select(v => $"{StateOf(v)}, {Tables.Last(v)}"))}");
        else
            Report($"{what} was stored as {result.Name} and delivered: {string.Join(", ", delivery.Versions.Select(StateOf))}");
    }

    private static string StateOf(VersionSummary version) => $"{Tables.Path(version)} is {Tables.Name(version.State)}";

    /// <summary>In the demo a build that lands nowhere is a failure too.</summary>
    private static int ExitCodeOf(SendResult result) =>
        result.ExitCode(waited: true) is not ExitCode.Done and var code ? code
        : result.Delivery is { Versions.Count: > 0 } ? ExitCode.Done
        : ExitCode.NotDelivered;

    private async Task ReadBackAsync(IReadOnlyList<SendResult> sent)
    {
        foreach (var version in sent.SelectMany(r => r.Delivery!.Versions).DistinctBy(Tables.Path))
        {
            var address = EmulatorReader.Address(place.Emulator, version);
            var attributes = await EmulatorReader.ReadAsync(http, address, session.Token);
            if (attributes.Count == 0)
                throw new CliException(ExitCode.NotDelivered, $"GET {address} shows no attribute, though the version was said to be verified.");

            Print(version, address, attributes);
        }
    }

    private void Print(VersionSummary version, Uri address, IReadOnlyList<TargetAttribute> attributes)
    {
        var name = $"{version.Subject}/{version.Repo}/{version.Package}/{version.Version}";
        Report($"Reading version {name} back from the Bintray emulator: GET {address}");
        if (screen.Json)
        {
            screen.JsonLine(JsonSerializer.Serialize(new DemoLine(name, address.ToString(), attributes), JsonLines.Readable.DemoLine));
            return;
        }

        screen.Line($"\nAs the Bintray emulator's REST API answers: {name}");
        var table = Tables.New("Attribute", "Type", "Value");
        foreach (var attribute in attributes.OrderBy(a => a.Name, StringComparer.Ordinal))
            table.AddRow(Screen.Cell(attribute.Name), Screen.Cell(attribute.Type), Screen.Cell(string.Join('\n', attribute.Values.Select(Shown))));

        screen.Print(table);
    }

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
