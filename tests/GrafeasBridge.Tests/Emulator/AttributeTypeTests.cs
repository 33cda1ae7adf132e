namespace GrafeasBridge.Tests.Emulator;

/// <summary>Types of attributes: given or inferred, in any case, and what does not fit them.</summary>
public sealed class AttributeTypeTests
{
    private const string Attributes = EmulatorHarness.Attributes;

    [Theory]
    [InlineData("""{"name":"a","values":["x"]}""", "string", "\"x\"")]
    [InlineData("""{"name":"a","values":["2021-05-01T00:00:00.000Z"]}""", "string", "\"2021-05-01T00:00:00.000Z\"")]
    [InlineData("""{"name":"a","values":[1,2.2,4]}""", "number", "1 2.2 4")]
    [InlineData("""{"name":"a","values":[12345678901234567890]}""", "number", "12345678901234567890")]
    [InlineData("""{"name":"a","values":[true,false]}""", "boolean", "false true")]
    [InlineData("""{"name":"a","values":[]}""", "string", "")]
    [InlineData("""{"name":"a"}""", "string", "")]
    [InlineData("""{"name":"a","values":null,"type":"number"}""", "number", "")]
    [InlineData("""{"name":"a","values":[null]}""", "string", "")]
    [InlineData("""{"name":"a","values":"scalar"}""", "string", "\"scalar\"")]
    [InlineData("""{"name":"a","values":["1.0"],"type":"Version"}""", "version", "\"1.0\"")]
    [InlineData("""{"name":"a","values":["x"],"type":"String"}""", "string", "\"x\"")]
    [InlineData("""{"name":"a","values":["x"],"type":"STRING"}""", "string", "\"x\"")]
    [InlineData("""{"name":"a","values":[true],"type":"Boolean"}""", "boolean", "true")]
    [InlineData("""{"name":"a","values":["x"],"type":null,"extra":{"deep":[1]}}""", "string", "\"x\"")]
    [InlineData("""{"name":"a","values":["old"]},{"name":"a","values":["new"]}""", "string", "\"new\"")]
    [InlineData("""{"name":"a","values":["ü → 日本"]}""", "string", "\"\\u00FC \\u2192 \\u65E5\\u672C\"")]
    public async Task An_attribute_is_kept_with_this_type_and_these_values(string attribute, string type, string values)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal(200, (await emulator.PostAsync(Attributes, $"[{attribute}]")).Status);
        var read = await emulator.GetAsync(Attributes);
        Assert.Equal((type, values), (read.TypeOf("a"), read.ValuesOf("a")));
    }

    [Theory]
    [InlineData("2011-07-14T19:43:37+0100", "2011-07-14T18:43:37.000Z")]
    [InlineData("2011-07-14T19:43:37+01:00", "2011-07-14T18:43:37.000Z")]
    [InlineData("1994-11-05T13:15:30Z", "1994-11-05T13:15:30.000Z")]
    [InlineData("2021-05-01T00:00:00.000Z", "2021-05-01T00:00:00.000Z")]
    [InlineData("2021-05-01T00:00:00+0000", "2021-05-01T00:00:00.000Z")]
    [InlineData("2021-05-01T00:00:00.123456789Z", "2021-05-01T00:00:00.123Z")]
    [InlineData("2021-05-01T12:30", "2021-05-01T12:30:00.000Z")]
    [InlineData("2021-05-01", "2021-05-01T00:00:00.000Z")]
    public async Task A_date_in_any_known_form_comes_back_as_the_same_instant(string sent, string read)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, $$"""[{"name":"d","type":"date","values":["{{sent}}"]}]""");
        Assert.Equal($"\"{read}\"", (await emulator.GetAsync(Attributes)).ValuesOf("d"));
    }

    [Theory]
    [InlineData("""[{"name":"a","values":["x",1]}]""")]
    [InlineData("""[{"name":"a","values":[true,1]}]""")]
    [InlineData("""[{"name":"a","values":["x"],"type":"number"}]""")]
    [InlineData("""[{"name":"a","values":[1],"type":"string"}]""")]
    [InlineData("""[{"name":"a","values":["true"],"type":"boolean"}]""")]
    [InlineData("""[{"name":"a","values":["yesterday"],"type":"date"}]""")]
    [InlineData("""[{"name":"a","values":["2021-13-01"],"type":"date"}]""")]
    [InlineData("""[{"name":"a","values":["x"],"type":"text"}]""")]
    [InlineData("""[{"name":"a","values":["x"],"type":7}]""")]
    [InlineData("""[{"name":"a","values":[1e999]}]""")]
    [InlineData("""[{"name":"a","values":[["x"]]}]""")]
    [InlineData("""[{"name":"a","values":[{"x":1}]}]""")]
    [InlineData("""[{"name":"","values":["x"]}]""")]
    [InlineData("""[{"name":"a,b","values":["x"]}]""")]
    [InlineData("""[{"name":"a\n","values":["x"]}]""")]
    [InlineData("""[{"name":1,"values":["x"]}]""")]
    [InlineData("""[{"values":["x"]}]""")]
    [InlineData("""["a"]""")]
    [InlineData("""{"name":"a","values":["x"]}""")]
    [InlineData("""[{"name":"a","values":["\ud800"]}]""")]
    [InlineData("""[{"na\udc00me":1}]""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("[{")]
    [InlineData("null")]
    [InlineData("")]
    public async Task What_does_not_fit_is_refused_whole_by_set_and_by_update(string body)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"before","values":["x"]}]""");
        foreach (var method in new[] { "POST", "PATCH" })
        {
            var reply = await emulator.SendAsync(method, Attributes, body);
            Assert.Equal(400, reply.Status);
            Assert.NotEmpty(reply.Message);
        }

        Assert.Equal("before", string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
    }

    [Fact]
    public async Task A_name_may_be_255_characters_long()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, Named(255))).Status);
        Assert.Equal(400, (await emulator.PatchAsync(Attributes, Named(256))).Status);
    }

    private static string Named(int length) => $$"""[{"name":"{{new string('n', length)}}","values":["x"]}]""";
}
