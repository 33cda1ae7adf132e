namespace GrafeasBridge.Tests.Emulator;

/// <summary>Attributes of versions and packages: replace, merge, read, delete, and who sees them.</summary>
public sealed class AttributeTests
{
    private const string Attributes = EmulatorHarness.Attributes;

    [Theory]
    [InlineData(EmulatorHarness.Attributes)]
    [InlineData(EmulatorHarness.Package + "/attributes")]
    [InlineData("/api/v1" + EmulatorHarness.Attributes)]
    public async Task Set_replaces_all_and_update_keeps_the_others(string path)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var set = await emulator.PostAsync(path, """[{"name":"a","values":["1"],"type":"string"},{"name":"b","values":["2"],"type":"string"}]""");
        Assert.Equal((200, """[{"name":"a","values":["1"],"type":"string"},{"name":"b","values":["2"],"type":"string"}]"""), (set.Status, set.Text));
        var updated = await emulator.PatchAsync(path, """[{"name":"b","values":["3"]},{"name":"c","values":[4]}]""");
        Assert.Equal((200, "a b c"), (updated.Status, string.Join(' ', updated.Names)));
        Assert.Equal(("\"3\"", "4"), (updated.ValuesOf("b"), updated.ValuesOf("c")));
        Assert.Equal("""[{"name":"z","values":["9"],"type":"string"}]""", (await emulator.PostAsync(path, """[{"name":"z","values":["9"]}]""")).Text);
        Assert.Equal("""[{"name":"z","values":["9"],"type":"string"}]""", (await emulator.GetAsync(path)).Text);
        Assert.Equal((200, "[]"), Both(await emulator.PostAsync(path, "[]")));
    }

    [Fact]
    public async Task Values_do_not_come_back_in_the_order_they_were_sent()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Contains("""["e","b"]""", (await emulator.PostAsync(Attributes, """[{"name":"b","values":["b","e"]}]""")).Text, StringComparison.Ordinal);
        Assert.Contains("""["e","b"]""", (await emulator.GetAsync(Attributes)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?names=a,c", "a c")]
    [InlineData("?names=a%2Cc", "a c")]
    [InlineData("?names=c&names=a", "a c")]
    [InlineData("?names=a,nothing", "a")]
    [InlineData("?names=undefined", "")]
    [InlineData("?names=", "a b c")]
    [InlineData("", "a b c")]
    public async Task Names_choose_what_is_read(string query, string expected)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"a","values":[1]},{"name":"b","values":[1]},{"name":"c","values":[1]}]""");
        Assert.Equal(expected, string.Join(' ', (await emulator.GetAsync(Attributes + query)).Names));
    }

    [Theory]
    [InlineData("?names=a%2Cnothing", "b c")]
    [InlineData("?names=a,b", "c")]
    [InlineData("?names=undefined", "a b c")]
    [InlineData("?names=", "a b c")]
    [InlineData("", "")]
    public async Task Names_choose_what_is_deleted_and_without_names_all_is(string query, string left)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"a","values":[1]},{"name":"b","values":[1]},{"name":"c","values":[1]}]""");
        Assert.Equal((200, """{"message":"success"}"""), Both(await emulator.DeleteAsync(Attributes + query)));
        Assert.Equal(left, string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
    }

    [Fact]
    public async Task Attributes_show_in_their_version_by_name_or_with_values()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"a","values":["x"]},{"name":"n","values":[1,2.2]}]""");
        Assert.Equal("""["a","n"]""", (await emulator.GetAsync(EmulatorHarness.Version)).Json["attribute_names"]!.ToJsonString());
        var valued = await emulator.GetAsync(EmulatorHarness.Version + "?attribute_values=1");
        Assert.Equal("""{"a":["x"],"n":[2.2,1]}""", valued.Json["attributes"]!.ToJsonString());
        Assert.Null(valued.Json["attribute_names"]);
    }

    [Fact]
    public async Task Attributes_of_the_latest_version_are_reached_by_its_alias()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PatchAsync(EmulatorHarness.Package + "/versions/_latest/attributes", """[{"name":"a","values":["x"]}]""");
        Assert.Equal("\"x\"", (await emulator.GetAsync(Attributes)).ValuesOf("a"));
    }

    [Fact]
    public async Task A_leading_underscore_hides_an_attribute_from_the_public()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"_secret","values":["x"]},{"name":"open","values":["y"]}]""");
        Assert.Equal("_secret open", string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
        Assert.Equal("open", string.Join(' ', (await emulator.AnonymousAsync("GET", Attributes)).Names));
        Assert.Equal("""["open"]""", (await emulator.AnonymousAsync("GET", EmulatorHarness.Version)).Json["attribute_names"]!.ToJsonString());
        const string Query = """[{"_secret":["x"]}]""";
        var path = "/search/attributes/acme/containers/team:web/versions";
        Assert.Equal("[]", (await emulator.AnonymousAsync("POST", path, Query)).Text);
        Assert.Single((await emulator.PostAsync(path, Query)).Json.AsArray());
    }

    [Fact]
    public async Task A_deleted_version_takes_its_attributes_with_it()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"a","values":["x"]}]""");
        await emulator.DeleteAsync(EmulatorHarness.Version);
        await emulator.PostAsync(EmulatorHarness.Package + "/versions", """{"name":"1.4.0"}""");
        Assert.Equal("[]", (await emulator.GetAsync(Attributes)).Text);
    }

    [Fact]
    public async Task More_attributes_or_values_than_the_limit_are_refused_and_nothing_is_kept()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(o => (o.MaxAttributes, o.MaxValues) = (2, 2));
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":[1,2]},{"name":"b","values":[1]}]""")).Status);
        Assert.Equal((400, """{"message":"There may be at most 2 attributes"}"""), Both(await emulator.PatchAsync(Attributes, """[{"name":"c","values":[1]}]""")));
        Assert.Equal(400, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":[1,2,3]}]""")).Status);
        Assert.Equal("a b", string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
    }

    [Fact]
    public async Task Updates_at_the_same_time_all_stay()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => emulator.PatchAsync(Attributes, $$"""[{"name":"a{{i}}","values":[{{i}}]}]""")));
        Assert.All(replies, r => Assert.Equal(200, r.Status));
        Assert.Equal(100, (await emulator.GetAsync(Attributes)).Json.AsArray().Count);
    }

    [Fact]
    public async Task One_of_many_creators_wins_and_the_others_are_told_so()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => emulator.PostAsync(EmulatorHarness.Package + "/versions", """{"name":"2"}""")));
        Assert.Single(replies, r => r.Status == 201);
        Assert.Equal(19, replies.Count(r => r.Status == 409));
    }

    private static (int, string) Both(Reply reply) => (reply.Status, reply.Text);
}
