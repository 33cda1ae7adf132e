using System.Globalization;
using System.Text.Json.Nodes;
using Grafeas.V1;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Receipts;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Checking;

/// <summary>The whole way: a sender that writes a journal, the real service, the emulator with its history, and the checker as a process.</summary>
[RunIn(LongerRun.Default)]
public sealed class ServiceTests
{
    private readonly List<string> lines = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_service_itself_keeps_its_promises_also_to_a_target_that_loses_writes()
    {
        await using var emulator = await FaultyEmulator.StartAsync();
        await using var host = await StartAsync(emulator);
        await emulator.FaultsAsync("""{"seed":5,"rules":[{"kind":"lostWrite","count":2,"match":{"methods":["PATCH"]}},{"kind":"status","rate":0.2}]}""");
        await BuildSamples.NoteAsync(host, "ci");
        var names = new List<string>();
        for (var i = 0; i < 12; i++)
            names.Add(await CreateAsync(host, i));
        await VerifiedAsync(host, "1", names.Where((_, i) => i % 2 == 1));
        await VerifiedAsync(host, "2", names.Where((_, i) => i % 2 == 0));
        await DeleteAsync(host, names[3]);
        await VerifiedAsync(host, "1", names.Where((_, i) => i % 2 == 1));
        Write("stored", ("names", World.Texts(names.Where((_, i) => i != 3))));
        var run = await CheckAsync(host, emulator);
        Assert.True(run.Code == 0, run.Output + run.Errors);
        Assert.Equal((12, 12, 15, 3), (run.Count("receipts"), run.Count("contentHashes"), run.Count("signatures"), run.Count("proofs")));
        Assert.Equal("", run.NotJudged);
    }

    [Fact]
    public async Task What_the_target_loses_after_it_was_verified_is_found()
    {
        await using var emulator = await FaultyEmulator.StartAsync();
        await using var host = await StartAsync(emulator);
        await BuildSamples.NoteAsync(host, "ci");
        var name = await CreateAsync(host, 1);
        await VerifiedAsync(host, "1", [name]);
        await emulator.FaultsAsync("""{"rules":[{"kind":"lateLoss","afterCalls":1,"match":{"methods":["PATCH"]}}]}""");
        var next = await CreateAsync(host, 3);
        await VerifiedAsync(host, "1", [name, next]);
        await emulator.Http.GetAsync(new Uri("/repos/acme", UriKind.Relative), Cancelled);
        var run = await CheckAsync(host, emulator);
        Assert.Equal((1, "lost:1"), (run.Code, run.Found));
        Assert.Contains(next, run.Texts, StringComparison.Ordinal);
        Assert.Equal(1, run.Count("steps.backByFault.open"));
    }

    private static Task<BridgeHost> StartAsync(FaultyEmulator emulator) =>
        BridgeHost.StartAsync([.. emulator.Settings, "Targets:0:CreateMissing=Repository"]);

    private async Task<string> CreateAsync(BridgeHost host, int number)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        var sent = number % 3 == 0 ? BuildSamples.WithFacts("ci", $"{(number + 1) % 2 + 1}") : BuildSamples.Of("ci", $"{(number + 1) % 2 + 1}", id: "b-" + id);
        Write("sent", ("op", "create"), ("attempt", 1), ("key", "ci/r-" + id), ("occurrence", World.Json(sent)));
        (var stored, var trailers) = await Stranger.SendAsync(host, sent, requestId: "r-" + id);
        Write("told", ("key", "ci/r-" + id), ("name", stored.Name), ("receipt", World.Json(Stranger.Receipts(trailers).Single())));
        return stored.Name;
    }

    private async Task DeleteAsync(BridgeHost host, string name)
    {
        Write("sent", ("op", "delete"), ("attempt", 1), ("key", "ci/delete"), ("name", name));
        await new Grafeas.V1.Grafeas.GrafeasClient(host.Channel).DeleteOccurrenceAsync(new DeleteOccurrenceRequest { Name = name }, cancellationToken: Cancelled);
        Write("told", ("key", "ci/delete"), ("name", name));
    }

    private async Task VerifiedAsync(BridgeHost host, string version, IEnumerable<string> known)
    {
        var bridge = new Bridge.BridgeClient(host.Channel);
        VersionSummary summary;
        // It rests between tries for longer than a test wants to wait.
        while ((summary = (await bridge.GetVersionAsync(BuildSamples.Version(version, FaultyEmulator.Target), cancellationToken: Cancelled)).Summary).State != DeliveryState.Verified)
        {
            if (summary.State == DeliveryState.Waiting)
                await bridge.RedeliverAsync(BuildSamples.Again(version, FaultyEmulator.Target), cancellationToken: Cancelled);
        }

        var proof = await new ReceiptBook.ReceiptBookClient(host.Channel).GetDeliveryProofAsync(
            new GetDeliveryProofRequest { Target = FaultyEmulator.Target, Subject = "acme", Repo = "images", Package = "team/web", Version = version },
            cancellationToken: Cancelled);
        Write(
            "verified",
            ("target", FaultyEmulator.Target),
            ("subject", "acme"),
            ("repo", "images"),
            ("package", "team/web"),
            ("version", version),
            ("revision", summary.Revision),
            ("occurrences", World.Texts(known)),
            ("proof", World.Json(proof)));
    }

    private async Task<CheckerRun> CheckAsync(BridgeHost host, FaultyEmulator emulator)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder.File("journal.jsonl"), lines, Cancelled);
        return await CheckerRun.OfAsync(
            ["--journal", folder.File("journal.jsonl"), "--target", emulator.Http.BaseAddress!.ToString(), "--keys", new Uri(host.Rest.BaseAddress!, "/receipts/keys").ToString()],
            folder.File("report.json"));
    }

    private void Write(string kind, params IEnumerable<(string Name, JsonNode? Value)> fields)
    {
        var line = new JsonObject { ["at"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture), ["kind"] = kind };
        foreach ((var name, var value) in fields)
            line[name] = value;
        lines.Add(line.ToJsonString());
    }
}
