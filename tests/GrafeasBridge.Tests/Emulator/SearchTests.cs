namespace GrafeasBridge.Tests.Emulator;

/// <summary>Search by attributes: values, ranges, and clauses joined by AND.</summary>
public sealed class SearchTests
{
    private const string Versions = "/search/attributes/acme/containers/team:web/versions";

    [Theory]
    [InlineData("""[{"os":["linux","mac"]}]""", "1 2")]
    [InlineData("""[{"os":"linux"}]""", "1")]
    [InlineData("""[{"arch":["amd64","arm"]}]""", "1")]
    [InlineData("""[{"arch":["amd64","ppc"]}]""", "")]
    [InlineData("""[{"n":"[1,3]"}]""", "1 2 3")]
    [InlineData("""[{"n":"[1,3["}]""", "1 2")]
    [InlineData("""[{"n":"]1,3]"}]""", "2 3")]
    [InlineData("""[{"n":"[,2]"}]""", "1 2")]
    [InlineData("""[{"n":"[2,]"}]""", "2 3")]
    [InlineData("""[{"n":"]2,["}]""", "3")]
    [InlineData("""[{"n":["2"]}]""", "2")]
    [InlineData("""[{"n":2.0}]""", "2")]
    [InlineData("""[{"d":"[2011-07-14T18:43:37Z,]"}]""", "1 2")]
    [InlineData("""[{"d":"]2011-07-14T19:43:37+0100,]"}]""", "2")]
    [InlineData("""[{"d":"[,2011-07-14]"}]""", "")]
    [InlineData("""[{"ok":[true]}]""", "1")]
    [InlineData("""[{"ok":"false"}]""", "2")]
    [InlineData("""[{"os":["linux","mac"]},{"n":"[2,]"}]""", "2")]
    [InlineData("""[{"os":["linux","mac"],"n":"[2,]"}]""", "2")]
    [InlineData("""[{"none":["x"]}]""", "")]
    [InlineData("""[{"os":"[1,3]"}]""", "")]
    public async Task A_search_finds_these_versions(string query, string found)
    {
        await using var emulator = await ThreeVersionsAsync();
        var reply = await emulator.PostAsync(Versions, query);
        Assert.Equal(200, reply.Status);
        Assert.Equal(found, string.Join(' ', reply.Names.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("""{"os":["linux"]}""")]
    [InlineData("[]")]
    [InlineData("""["os"]""")]
    [InlineData("""[{"os":{"a":1}}]""")]
    [InlineData("""[{"n":"[one,two]"}]""")]
    [InlineData("")]
    public async Task A_search_that_makes_no_sense_is_refused(string query)
    {
        await using var emulator = await ThreeVersionsAsync();
        Assert.Equal(400, (await emulator.PostAsync(Versions, query)).Status);
    }

    [Fact]
    public async Task Large_numbers_that_differ_in_the_last_digit_are_told_apart()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(EmulatorHarness.Attributes, """[{"name":"n","values":[12345678901234567]}]""");
        Assert.Equal("[]", (await emulator.PostAsync(Versions, """[{"n":"[12345678901234568,]"}]""")).Text);
        Assert.Single((await emulator.PostAsync(Versions, """[{"n":"[12345678901234567,]"}]""")).Json.AsArray());
    }

    [Fact]
    public async Task Values_come_with_the_result_when_they_are_asked_for()
    {
        await using var emulator = await ThreeVersionsAsync();
        var reply = await emulator.PostAsync("/" + Versions + "?attribute_values=1", """[{"os":["mac"]}]""");
        Assert.Equal("mac", reply.Json[0]!["attributes"]!["os"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Packages_are_found_by_their_own_attributes()
    {
        await using var emulator = await ThreeVersionsAsync();
        await emulator.PostAsync(EmulatorHarness.Package + "/attributes", """[{"name":"team","values":["red"]}]""");
        Assert.Equal("team:web", (await emulator.PostAsync("/search/attributes/acme/containers", """[{"team":["red"]}]""")).Json[0]!["name"]!.GetValue<string>());
        Assert.Equal("[]", (await emulator.PostAsync("/search/attributes/acme/containers", """[{"os":["linux"]}]""")).Text);
        Assert.Equal(404, (await emulator.PostAsync("/search/attributes/acme/other", """[{"os":["linux"]}]""")).Status);
    }

    private static async Task<EmulatorHarness> ThreeVersionsAsync()
    {
        var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.DeleteAsync(EmulatorHarness.Version);
        var sets = new[]
        {
            """[{"name":"os","values":["linux"]},{"name":"arch","values":["amd64","arm","x86"]},{"name":"n","values":[1]},{"name":"ok","values":[true]},{"name":"d","type":"date","values":["2011-07-14T19:43:37+0100"]}]""",
            """[{"name":"os","values":["mac"]},{"name":"n","values":[2]},{"name":"ok","values":[false]},{"name":"d","type":"date","values":["2011-07-14T19:43:38+0100"]}]""",
            """[{"name":"os","values":["windows"]},{"name":"n","values":[3]}]""",
        };
        for (var i = 0; i < sets.Length; i++)
        {
            await emulator.PostAsync(EmulatorHarness.Package + "/versions", $$"""{"name":"{{i + 1}}"}""");
            Assert.Equal(200, (await emulator.PostAsync($"{EmulatorHarness.Package}/versions/{i + 1}/attributes", sets[i])).Status);
        }

        return emulator;
    }
}
