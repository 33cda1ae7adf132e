using BintrayEmulator;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Microsoft.AspNetCore.Builder;

namespace GrafeasBridge.Tests.Query;

/// <summary>A parked version waits for a person, and goes on when the person says so.</summary>
public sealed class RedeliverTests
{
    private const string Key = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public async Task A_parked_version_is_tried_again_when_asked()
    {
        using var folder = new TemporaryFolder();
        var options = new EmulatorOptions { Listen = "http://127.0.0.1:0", Path = folder.File("target.db") };
        options.Users["ci"] = new EmulatorUser { ApiKey = Key };
        await using WebApplication emulator = EmulatorHost.Build(options, TimeProvider.System);
        await emulator.StartAsync(BuildSamples.Cancelled);
        await using BridgeHost host = await BridgeHost.StartAsync(
            "Targets:0:Name=main",
            "Targets:0:BaseUrl=" + emulator.Urls.Single(),
            "Targets:0:Username=ci",
            "Targets:0:ApiKey=" + Key,
            "Targets:0:CreateMissing=Nothing");
        host.Logs.Expect(entry => entry.Category.StartsWith("GrafeasBridge.Delivery", StringComparison.Ordinal) && entry.Message.Contains("team:web", StringComparison.Ordinal));
        await BuildSamples.NoteAsync(host, "ci");
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        VersionSummary parked = await BuildSamples.UntilAsync(host, BuildSamples.Version("1", "main"), DeliveryState.Parked);
        Assert.NotEmpty(parked.LastReason);
        Assert.Null(parked.NextAttemptTime);

        await MakeVersionAsync(emulator.Urls.Single());
        VersionSummary again = await new Bridge.BridgeClient(host.Channel).RedeliverAsync(BuildSamples.Again("1", "main"), cancellationToken: BuildSamples.Cancelled);
        Assert.Equal(0, again.Attempts);
        Assert.NotEqual(DeliveryState.Parked, again.State);
        VersionSummary verified = await BuildSamples.UntilAsync(host, BuildSamples.Version("1", "main"), DeliveryState.Verified);
        Assert.Equal(verified.Revision, verified.SettledRevision);
        Assert.NotNull(verified.VerifiedTime);
    }

    /// <summary>What a person would do: make what the bridge was not allowed to make.</summary>
    private static async Task MakeVersionAsync(string emulator)
    {
        using var http = new HttpClient { BaseAddress = new Uri(emulator) };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("ci:" + Key)));
        foreach ((string path, string body) in new[]
        {
            ("/repos/acme/images", """{"type":"docker","name":"images"}"""),
            ("/packages/acme/images", """{"name":"team:web","licenses":["MIT"],"vcs_url":"https://git.example.com/web.git"}"""),
            ("/packages/acme/images/team:web/versions", """{"name":"1"}"""),
        })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, BuildSamples.Cancelled);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled)}");
        }
    }
}
