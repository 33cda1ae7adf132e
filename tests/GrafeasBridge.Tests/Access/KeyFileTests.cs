using GrafeasBridge.Access;
using GrafeasBridge.Access.Keys;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Access;

/// <summary>A wrong file of keys is refused with a sentence that finds the mistake.</summary>
public sealed class KeyFileTests : IDisposable
{
    private const string Good = "\"hash\":\"sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\"";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("null", "it holds null")]
    [InlineData("[]", "not the JSON that is expected")]
    [InlineData("{}", "it holds no keys")]
    [InlineData("""{"keys":[]}""", "it holds no keys")]
    [InlineData("""{"keys":[null]}""", "keys[0]")]
    [InlineData("""{"keys":[{}]}""", "keys[0].name")]
    [InlineData("""{"keys":[{"name":" ",HASH,"roles":["read"],"projects":["*"]}]}""", "keys[0].name")]
    [InlineData("""{"keys":[{"name":"ci","roles":["read"],"projects":["*"]}]}""", "keys[0].hash")]
    [InlineData("""{"keys":[{"name":"ci","hash":"gb_the-key-itself","roles":["read"],"projects":["*"]}]}""", "keys[0].hash")]
    [InlineData("""{"keys":[{"name":"ci","hash":"sha256:4bf5","roles":["read"],"projects":["*"]}]}""", "keys[0].hash")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"projects":["*"]}]}""", "keys[0].roles")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"roles":[],"projects":["*"]}]}""", "keys[0].roles")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"roles":["admin"],"projects":["*"]}]}""", "'admin'")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"roles":["read"]}]}""", "keys[0].projects")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"roles":["read"],"projects":[""]}]}""", "keys[0].projects")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"roles":["read"],"projects":["projects/a"]}]}""", "keys[0].projects")]
    [InlineData("""{"keys":[{"name":"ci",HASH,"roles":["read"],"projects":["*"],"expires":"never"}]}""", "$.keys[0].expires")]
    [InlineData("""{"keys":[{"name":"a",HASH,"roles":["read"],"projects":["*"]},{"name":"b",HASH,"roles":["read"],"projects":["*"]}]}""", "keys[1].hash")]
    public async Task A_wrong_entry_is_named(string content, string named)
    {
        var path = folder.File("keys.json");
        await File.WriteAllTextAsync(path, content.Replace("HASH", Good, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var refusal = Assert.Throws<KeyFileException>(() => KeyFile.Read(path));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("gb_the-key-itself", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_keys_of_one_name_are_told_apart_by_their_place()
    {
        var path = folder.File("keys.json");
        await File.WriteAllTextAsync(
            path, Keys.Json("ci:read:*", "ci:send:*"), TestContext.Current.CancellationToken);
        Assert.Contains("keys[1].name: 'ci'", Assert.Throws<KeyFileException>(() => KeyFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.Contains("does not exist", Assert.Throws<KeyFileException>(() => KeyFile.Read(folder.File("none.json"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_file_too_large_to_be_one_is_not_read()
    {
        var path = folder.File("keys.json");
        await File.WriteAllBytesAsync(path, new byte[(4 << 20) + 1], TestContext.Current.CancellationToken);
        Assert.Contains("4194304 are allowed", Assert.Throws<KeyFileException>(() => KeyFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_found_by_their_hash_with_their_rights()
    {
        var path = folder.File("keys.json");
        await File.WriteAllTextAsync(path, Keys.Json("ci:send,read:a,b", "root:operate:*"), TestContext.Current.CancellationToken);
        var callers = KeyFile.Read(path);
        var ci = callers[Keys.HashOf(Keys.Of("ci"))["sha256:".Length..].ToUpperInvariant()];
        Assert.Equal("ci", ci.Name);
        Assert.True(ci.May(Role.Send, "a") && ci.May(Role.Read, "b") && !ci.May(Role.Operate, "a") && !ci.May(Role.Send, "c"));
        var root = callers[Keys.HashOf(Keys.Of("root"))["sha256:".Length..].ToUpperInvariant()];
        Assert.True(root.MayEverywhere(Role.Operate) && !root.MayEverywhere(Role.Read));
    }
}
