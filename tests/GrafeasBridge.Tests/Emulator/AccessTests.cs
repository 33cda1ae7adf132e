using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Who may do what, and how often.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("POST", "/repos/acme/new", "{}")]
    [InlineData("PATCH", "/repos/acme/containers", "{}")]
    [InlineData("DELETE", "/repos/acme/containers", null)]
    [InlineData("POST", "/packages/acme/containers", "{}")]
    [InlineData("PATCH", EmulatorHarness.Package, "{}")]
    [InlineData("DELETE", EmulatorHarness.Package, null)]
    [InlineData("POST", EmulatorHarness.Package + "/versions", "{}")]
    [InlineData("PATCH", EmulatorHarness.Version, "{}")]
    [InlineData("DELETE", EmulatorHarness.Version, null)]
    [InlineData("POST", EmulatorHarness.Attributes, "[]")]
    [InlineData("PATCH", EmulatorHarness.Attributes, "[]")]
    [InlineData("DELETE", EmulatorHarness.Attributes, null)]
    [InlineData("POST", "/content/acme/containers/team:web/1.4.0/publish", null)]
    [InlineData("PUT", "/content/acme/containers/team:web/1.4.0/file.txt", "x")]
    [InlineData("POST", "/webhooks/acme/containers/team:web", "{}")]
    [InlineData("GET", "/webhooks/acme", null)]
    public async Task Writing_needs_credentials(string method, string path, string? body)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.AnonymousAsync(method, path, body);
        Assert.Equal((401, """{"message":"This resource requires authentication"}"""), (reply.Status, reply.Text));
        Assert.StartsWith("Basic realm=", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ci", "wrong")]
    [InlineData("CI", EmulatorHarness.Key)]
    [InlineData("nobody", EmulatorHarness.Key)]
    [InlineData("ci", "")]
    public async Task Wrong_credentials_are_refused_even_where_none_are_needed(string user, string key)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal(200, (await emulator.AnonymousAsync("GET", EmulatorHarness.Version)).Status);
        Assert.Equal(401, (await emulator.SendAsync("GET", EmulatorHarness.Version, body: null, EmulatorHarness.Basic(user, key))).Status);
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic Y2k=")]
    [InlineData("nonsense nonsense nonsense")]
    public async Task An_authorization_that_is_not_basic_is_refused(string authorization)
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        Assert.Equal(401, (await emulator.SendAsync("GET", "/repos/ci", body: null, authorization)).Status);
    }

    [Fact]
    public async Task A_user_bound_to_subjects_writes_only_there()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(o => o.Users["guest"] = new() { ApiKey = "guest-key", Subjects = { "guests" } });
        var guest = EmulatorHarness.Basic("guest", "guest-key");
        Assert.Equal(201, (await emulator.SendAsync("POST", "/repos/guests/generic", "{}", guest)).Status);
        Assert.Equal(401, (await emulator.SendAsync("PATCH", EmulatorHarness.Attributes, "[]", guest)).Status);
        Assert.Equal(200, (await emulator.SendAsync("GET", EmulatorHarness.Attributes, body: null, guest)).Status);
    }

    [Fact]
    public async Task A_private_repository_is_shown_to_its_publishers_only()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/vault", """{"private":true}""");
        await emulator.PostAsync("/packages/acme/vault", """{"name":"app"}""");
        Assert.Equal(200, (await emulator.GetAsync("/packages/acme/vault/app")).Status);
        Assert.Equal(401, (await emulator.AnonymousAsync("GET", "/packages/acme/vault/app")).Status);
        Assert.Equal("[]", (await emulator.AnonymousAsync("GET", "/repos/acme")).Text);
        Assert.Equal("[]", (await emulator.AnonymousAsync("GET", "/search/packages?name=app")).Text);
        Assert.DoesNotContain("vault", (await emulator.AnonymousAsync("GET", "/")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_come_from_files_too()
    {
        var folder = Directory.CreateTempSubdirectory("emulator-keys-");
        var (users, key) = (Path.Combine(folder.FullName, "users"), Path.Combine(folder.FullName, "key"));
        await File.WriteAllTextAsync(users, "# people\n\nann:key:with:colons\r\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(key, "bob-key\n", TestContext.Current.CancellationToken);
        await using var emulator = await EmulatorHarness.StartAsync(o =>
        {
            o.UsersFile = users;
            o.Users["bob"] = new() { ApiKeyFile = key };
        });
        Assert.Equal(200, (await emulator.SendAsync("GET", "/repos/ann", body: null, EmulatorHarness.Basic("ann", "key:with:colons"))).Status);
        Assert.Equal(200, (await emulator.SendAsync("GET", "/repos/bob", body: null, EmulatorHarness.Basic("bob", "bob-key"))).Status);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Calls_over_the_limit_are_a_403_with_the_recorded_text_until_the_window_ends()
    {
        var clock = new FakeTimeProvider();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(o => o.RateLimit = 2, clock);
        var first = await emulator.AnonymousAsync("GET", EmulatorHarness.Version);
        Assert.Equal((200, "2", "1"), (first.Status, first.Header("X-RateLimit-Limit"), first.Header("X-RateLimit-Remaining")));
        Assert.Equal("0", (await emulator.AnonymousAsync("GET", EmulatorHarness.Version)).Header("X-RateLimit-Remaining"));
        var refused = await emulator.AnonymousAsync("GET", EmulatorHarness.Version);
        Assert.Equal((403, "You have exceeded your API call limit", "0"), (refused.Status, refused.Message, refused.Header("X-RateLimit-Remaining")));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(200, (await emulator.AnonymousAsync("GET", EmulatorHarness.Version)).Status);
    }

    [Fact]
    public async Task Owners_are_not_limited_unless_the_settings_say_so()
    {
        await using var free = await EmulatorHarness.StartAsync(o => o.RateLimit = 1);
        for (var i = 0; i < 3; i++)
            Assert.Equal((200, null), ((await free.GetAsync("/repos/ci")).Status, (await free.GetAsync("/repos/ci")).Header("X-RateLimit-Limit")));

        await using var limited = await EmulatorHarness.StartAsync(o => (o.RateLimit, o.RateLimitOwners) = (1, true));
        Assert.Equal(200, (await limited.GetAsync("/repos/ci")).Status);
        Assert.Equal(403, (await limited.GetAsync("/repos/ci")).Status);
    }
}
