using System.Globalization;
using System.Net.Http.Json;
using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Journey;

/// <summary>The whole bridge against an emulator that fails three calls in ten, in every way it knows.</summary>
[OnBothStores]
public sealed class FaultyTargetTests
{
    private const int Versions = 60;

    [Fact]
    public async Task All_versions_are_verified_in_the_end_and_one_without_package_is_parked_and_delays_none()
    {
        await using var emulator = await FaultyEmulator.StartAsync();
        await PrepareAsync(emulator);
        await using var bridge = await BridgeHost.StartAsync(
        [
            .. emulator.Settings,
            "Targets:0:AttemptTimeout=00:00:01",
            "Targets:0:RetryDelay=00:00:00.010",
            "Delivery:FirstRetry=00:00:00.050",
            "Delivery:MaxRetryDelay=00:00:01",
            "Delivery:ThrottlePause=00:00:01",
        ]);
        await SendAsync(bridge);

        var ended = await EndedAsync(bridge);
        var orphan = ended["team/orphan/1"];
        Assert.Equal(DeliveryState.Parked, orphan.State);
        Assert.Contains("Package 'acme/images/team:orphan' does not exist", orphan.LastReason, StringComparison.Ordinal);
        Assert.Contains("redeliver", orphan.LastReason, StringComparison.Ordinal);
        Assert.All(ended.Values.Where(v => v.Package == "team/web"), v => Assert.Equal(DeliveryState.Verified, v.State));
        Assert.Equal(Versions + 1, ended.Count);
        await NothingIsMissingAsync(emulator.Http);
    }

    /// <summary>A repository with one package, and from then on the faults.</summary>
    private static async Task PrepareAsync(FaultyEmulator emulator)
    {
        var cancel = TestContext.Current.CancellationToken;
        (await emulator.Http.PostAsJsonAsync("repos/acme/images", new { name = "images", type = "docker" }, cancel)).EnsureSuccessStatusCode();
        (await emulator.Http.PostAsJsonAsync("packages/acme/images", new { name = "team:web" }, cancel)).EnsureSuccessStatusCode();
        await emulator.FaultsAsync("""{"seed":20261123,"rules":[{"kind":"mixed","rate":0.3,"match":{"pathPrefix":"/packages"}}]}""");
    }

    private static async Task SendAsync(BridgeHost bridge)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(bridge.Channel);
        await grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/p", NoteId = "build", Note = new Note { Build = new BuildNote { BuilderVersion = "1" } } },
            cancellationToken: TestContext.Current.CancellationToken);
        var batch = new BatchCreateOccurrencesRequest { Parent = "projects/p" };
        batch.Occurrences.Add(Build("team/orphan", 1));
        batch.Occurrences.AddRange(Enumerable.Range(0, Versions).Select(i => Build("team/web", i)));
        await grafeas.BatchCreateOccurrencesAsync(batch, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static Occurrence Build(string image, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return new Occurrence
        {
            ResourceUri = $"acme-docker-images.bintray.io/{image}:{text}",
            NoteName = "projects/p/notes/build",
            Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = "b-" + text, Creator = "ci" } },
        };
    }

    /// <summary>Asks until every version is verified or parked; the test's own time-out bounds it.</summary>
    private static async Task<IReadOnlyDictionary<string, VersionSummary>> EndedAsync(BridgeHost bridge)
    {
        var asked = new Bridge.BridgeClient(bridge.Channel);
        while (true)
        {
            var page = await asked.ListVersionsAsync(
                new ListVersionsRequest { PageSize = 1000 }, cancellationToken: TestContext.Current.CancellationToken);
            if (page.Versions.All(v => v.State is DeliveryState.Verified or DeliveryState.Parked))
                return page.Versions.ToDictionary(v => $"{v.Package}/{v.Version}", StringComparer.Ordinal);
        }
    }

    // What the bridge calls verified is looked at once more, with the faults off.
    private static async Task NothingIsMissingAsync(HttpClient bintray)
    {
        var cancel = TestContext.Current.CancellationToken;
        (await bintray.DeleteAsync(new Uri("_emulator/faults", UriKind.Relative), cancel)).EnsureSuccessStatusCode();
        for (var i = 0; i < Versions; i++)
        {
            var json = await bintray.GetStringAsync(new Uri($"packages/acme/images/team:web/versions/{i}/attributes?names=build.id", UriKind.Relative), cancel);
            Assert.Contains($"\"b-{i}\"", json, StringComparison.Ordinal);
        }
    }
}
