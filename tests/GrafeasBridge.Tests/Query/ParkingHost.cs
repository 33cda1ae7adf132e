using System.Text;
using BintrayEmulator;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Microsoft.AspNetCore.Builder;

namespace GrafeasBridge.Tests.Query;

/// <summary>The service with a target in which the bridge may create nothing: a version that nobody made there is parked.</summary>
internal sealed class ParkingHost : IAsyncDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryFolder folder = new();
    private readonly HttpClient http = new();
    private WebApplication emulator = null!;

    public BridgeHost Host { get; private set; } = null!;

    public Bridge.BridgeClient Bridge => new(Host.Channel);

    public static async Task<ParkingHost> StartAsync(params string[] settings)
    {
        var parking = new ParkingHost();
        var options = new EmulatorOptions { Listen = "http://127.0.0.1:0", Path = parking.folder.File("target.db") };
        options.Users["ci"] = new EmulatorUser { ApiKey = Key };
        parking.emulator = EmulatorHost.Build(options, TimeProvider.System);
        await parking.emulator.StartAsync(BuildSamples.Cancelled);
        var address = parking.emulator.Urls.Single();
        parking.http.BaseAddress = new Uri(address);
        parking.http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:" + Key)));
        parking.Host = await BridgeHost.StartAsync(
        [
            "Targets:0:Name=main", "Targets:0:BaseUrl=" + address, "Targets:0:Username=ci", "Targets:0:ApiKey=" + Key,
            "Targets:0:CreateMissing=Nothing", .. settings,
        ]);
        parking.Host.Logs.Expect(entry => entry.Category.StartsWith("GrafeasBridge.Delivery", StringComparison.Ordinal)
            && entry.Message.Contains("acme/images/team:", StringComparison.Ordinal));
        await BuildSamples.NoteAsync(parking.Host, "ci");
        return parking;
    }

    /// <summary>Makes what the bridge may not make: the package team:web, with this version.</summary>
    public async Task MakeAsync(string version)
    {
        await PostAsync("/repos/acme/images", """{"type":"docker","name":"images"}""");
        await PostAsync("/packages/acme/images", """{"name":"team:web","licenses":["MIT"],"vcs_url":"https://git.example.com/web.git"}""");
        await PostAsync("/packages/acme/images/team:web/versions", $$"""{"name":"{{version}}"}""");
    }

    /// <summary>Writes an attribute past the bridge.</summary>
    public async Task MeddleAsync(string version, string attribute, string value)
    {
        using var content = new StringContent(
            $$"""[{"name":"{{attribute}}","type":"string","values":["{{value}}"]}]""", Encoding.UTF8, "application/json");
        using var answer = await http.PatchAsync(
            new Uri($"/packages/acme/images/team:web/versions/{version}/attributes", UriKind.Relative), content, BuildSamples.Cancelled);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled)}");
    }

    /// <summary>Sends a build of each and waits until it is verified or parked.</summary>
    public async Task SendAsync(string package, params string[] versions)
    {
        foreach (var version in versions)
            await BuildSamples.SendAsync(Host, "ci", BuildSamples.Of("ci", version, package));
        while ((await ListAsync("""state!="VERIFIED" AND state!="PARKED" """)).Count > 0)
            BuildSamples.Cancelled.ThrowIfCancellationRequested();
    }

    public async Task<IReadOnlyList<VersionSummary>> ListAsync(string filter) =>
        (await Bridge.ListVersionsAsync(new() { Filter = filter, PageSize = 1000 }, cancellationToken: BuildSamples.Cancelled)).Versions;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await emulator.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, BuildSamples.Cancelled);
        var text = await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled);
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == System.Net.HttpStatusCode.Conflict, $"{path}: {answer.StatusCode} {text}");
    }
}
