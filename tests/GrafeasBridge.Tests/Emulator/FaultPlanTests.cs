using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Fault plans: what they say, that runs repeat, and the mixture of everything.</summary>
public sealed class FaultPlanTests
{
    private const string Attributes = EmulatorHarness.Attributes;

    [Theory]
    [InlineData("", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("{}", "rules is missing")]
    [InlineData("""{"rules":[null]}""", "rules[0] is null")]
    [InlineData("""{"rules":[{"kind":"earthquake"}]}""", "rules[0].kind")]
    [InlineData("""{"rules":[{}]}""", "kind")]
    [InlineData("""{"rules":[{"kind":"status","sattus":500}]}""", "sattus")]
    [InlineData("""{"rules":[{"kind":"status","rate":1.5}]}""", "rate is 1.5")]
    [InlineData("""{"rules":[{"kind":"status","status":200}]}""", "status is 200")]
    [InlineData("""{"rules":[{"kind":"throttle"}]}""", "limit is missing")]
    [InlineData("""{"rules":[{"kind":"status","count":0},{"kind":"delay","milliseconds":-1}]}""", "rules[1].milliseconds is -1")]
    [InlineData("""{"rules":[{"kind":"status","match":{"pathPattern":"("}}]}""", "match.pathPattern")]
    [InlineData("""{"rules":[{"kind":"mixed","kinds":["mixed"]}]}""", "not mixed")]
    [InlineData("""{"rules":[{"kind":"status","kinds":["html"]}]}""", "belong to mixed")]
    public async Task A_plan_that_cannot_be_meant_is_refused_and_the_old_one_stays(string plan, string reason)
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.FaultsAsync("""{"seed":7,"rules":[{"kind":"status","match":{"methods":["GET"]}}]}""");
        var reply = await emulator.FaultsAsync(plan);
        Assert.Equal(400, reply.Status);
        Assert.Contains(reason, reply.Message, StringComparison.Ordinal);
        Assert.Equal(503, (await emulator.GetAsync("/repos/ci")).Status);
    }

    [Fact]
    public async Task A_plan_is_read_back_with_how_often_it_struck()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        const string Plan = """{"seed":7,"rules":[{"name":"busy","kind":"status","match":{"methods":["GET"]},"count":1,"status":503}]}""";
        Assert.Equal(200, (await emulator.FaultsAsync(Plan)).Status);
        await emulator.GetAsync("/repos/ci");
        await emulator.GetAsync("/repos/ci");
        var read = (await emulator.GetAsync("/_emulator/faults")).Json;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Plan), read["plan"]), read.ToJsonString());
        Assert.Equal("""[{"rule":"busy","matched":2,"fired":1,"kinds":{"status":1}}]""", read["rules"]!.ToJsonString());
    }

    [Fact]
    public async Task Every_rule_tells_how_often_each_of_its_faults_struck()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"reset","count":1},{"kind":"html","count":2},{"kind":"lostWrite","match":{"methods":["PATCH"]}}]}""");
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.GetAsync(Attributes));
        await emulator.GetAsync(Attributes);
        await emulator.GetAsync(Attributes);
        await emulator.PatchAsync(Attributes, "[]");
        var rules = (await emulator.GetAsync("/_emulator/faults")).Json["rules"]!.AsArray();
        Assert.Equal(["""{"reset":1}""", """{"html":2}""", """{"lostWrite":1}"""], rules.Select(r => r!["kinds"]!.ToJsonString()));
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_run()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        var first = await RunAsync(emulator, seed: 11);
        Assert.Equal(first, await RunAsync(emulator, seed: 11));
        Assert.NotEqual(first, await RunAsync(emulator, seed: 12));
        Assert.InRange(first.Count(c => c == 'x'), 30, 70);
    }

    [Fact]
    public async Task A_mixture_at_30_percent_fails_in_every_way_it_knows_and_lets_the_rest_pass()
    {
        const int Calls = 400;
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"seed":3,"rules":[{"kind":"mixed","rate":0.3,"milliseconds":0,"stallMilliseconds":0}]}""");
        var passed = 0;
        for (var i = 0; i < Calls; i++)
            passed += await PassesAsync(emulator, i) ? 1 : 0;

        var tally = (await emulator.GetAsync("/_emulator/faults")).Json["rules"]![0]!;
        var fired = tally["fired"]!.GetValue<int>();
        Assert.InRange(fired, Calls * 2 / 10, Calls * 4 / 10);
        Assert.True(passed >= Calls - fired, $"{passed} of {Calls} passed, {fired} were hit");
        Assert.Equal("delay status html reset cut stall throttle lostWrite truncate reorder", string.Join(' ', tally["kinds"]!.AsObject().Select(k => k.Key)));
    }

    [Fact]
    public async Task A_mixture_leaves_reads_free_of_what_only_writes_can_suffer()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"mixed","kinds":["lostWrite","truncate"]}]}""");
        Assert.Equal(200, (await emulator.GetAsync(EmulatorHarness.Version)).Status);
        var tally = (await emulator.GetAsync("/_emulator/faults")).Json["rules"]![0]!;
        Assert.Equal((1, 0), (tally["matched"]!.GetValue<int>(), tally["fired"]!.GetValue<int>()));
    }

    private static async Task<bool> PassesAsync(EmulatorHarness emulator, int number)
    {
        try
        {
            return (await emulator.PatchAsync(Attributes, $$"""[{"name":"n","values":[{{number}}]}]""")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(EmulatorHarness emulator, int seed)
    {
        await emulator.FaultsAsync($$"""{"seed":{{seed}},"rules":[{"kind":"status","rate":0.5}]}""");
        var run = "";
        for (var i = 0; i < 100; i++)
            run += (await emulator.GetAsync("/repos/ci")).Status == 503 ? 'x' : '.';

        return run;
    }
}
