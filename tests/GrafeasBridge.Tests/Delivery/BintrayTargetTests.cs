using System.Text.Json.Nodes;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

public sealed class BintrayTargetTests : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private FakeBintray fake = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => fake = await FakeBintray.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Theory]
    [InlineData("acme", "images", "team/web", "1.4.0", "/packages/acme/images/team%3Aweb/versions/1.4.0/attributes")]
    [InlineData("acme", "im ages", "a/b", "1?2#3;4%", "/packages/acme/im%20ages/a%3Ab/versions/1%3F2%233%3B4%25/attributes")]
    [InlineData("acme", "images", "wéb", "1+2~3", "/packages/acme/images/w%C3%A9b/versions/1%2B2~3/attributes")]
    public async Task Each_name_is_one_encoded_segment(string subject, string repo, string package, string version, string path)
    {
        fake.Have(subject, repo, BintrayNames.Package(package), version);
        using var harness = Harness();

        Assert.Empty(await harness.Target.ReadAsync(new(subject, repo, package, version), Token));
        Assert.Equal($"GET {path}", fake.Calls.Single().ToString());
    }

    [Theory]
    [InlineData("..", "1.0")]
    [InlineData(".", "1.0")]
    [InlineData("web", "..")]
    [InlineData("", "1.0")]
    [InlineData("web", "_latest")]
    [InlineData("web\n", "1.0")]
    public async Task A_name_that_would_mean_something_else_is_never_called(string package, string version)
    {
        using var harness = Harness();

        var refusal = await Assert.ThrowsAsync<TargetException>(() => harness.Target.ReadAsync(new("acme", "images", package, version), Token));

        Assert.Equal(DeliveryOutcome.Rejected, refusal.Outcome);
        Assert.Empty(fake.Calls);
    }

    [Fact]
    public async Task A_path_in_the_base_url_is_kept()
    {
        fake.Script = async (call, context) =>
        {
            await FakeBintray.AnswerAsync(context, 200, "[]");
            return call.RawTarget.Length > 0;
        };
        using var harness = Harness(o => o.BaseUrl = fake.Url + "/api/v1/");

        await harness.Target.ReadAsync(TargetHarness.Version, Token);

        Assert.Equal("/api/v1/packages/acme/images/team%3Aweb/versions/1.4.0/attributes", fake.Calls.Single().RawTarget);
    }

    [Fact]
    public async Task Attributes_are_set_by_PATCH_and_removed_by_name_so_that_others_stay()
    {
        var there = fake.Have("acme", "images", "team:web", "1.4.0");
        there["foreign"] = JsonNode.Parse("""{"name":"foreign","values":["x"],"type":"string"}""")!;
        using var harness = Harness();

        await harness.Target.SetAsync(TargetHarness.Version, [TargetHarness.Attribute("a", AttributeType.String, "1", "2")], Token);
        await harness.Target.SetAsync(TargetHarness.Version, [TargetHarness.Attribute("b/c", AttributeType.Number, "3")], Token);
        await harness.Target.RemoveAsync(TargetHarness.Version, ["b/c", "never-there"], Token);

        Assert.Equal(["PATCH", "PATCH", "DELETE"], fake.Calls.Select(c => c.Method));
        Assert.EndsWith("/attributes?names=b%2Fc,never-there", fake.Calls[2].RawTarget, StringComparison.Ordinal);
        Assert.Equal(["a", "foreign"], there.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_names_are_removed_in_several_calls_and_none_is_never_asked_for()
    {
        fake.Have("acme", "images", "team:web", "1.4.0");
        using var harness = Harness();

        await harness.Target.RemoveAsync(TargetHarness.Version, [.. Enumerable.Range(0, 95).Select(i => $"n{i}")], Token);
        await harness.Target.RemoveAsync(TargetHarness.Version, [], Token);

        Assert.Equal(3, fake.Calls.Count);
        Assert.All(fake.Calls, c => Assert.Contains("?names=n", c.RawTarget, StringComparison.Ordinal));
        await Assert.ThrowsAsync<ArgumentException>(() => harness.Target.RemoveAsync(TargetHarness.Version, ["a,b"], Token));
    }

    [Theory]
    [InlineData("Version", "", "POST /packages/acme/images/team%3Aweb/versions")]
    [InlineData("Package", "package", "POST /packages/acme/images|POST /packages/acme/images/team%3Aweb/versions")]
    [InlineData("Repository", "repo", "POST /repos/acme/images|POST /packages/acme/images/team%3Aweb/versions|POST /packages/acme/images|POST /packages/acme/images/team%3Aweb/versions")]
    public async Task What_is_missing_is_created_as_far_as_allowed(string level, string missing, string calls)
    {
        fake.Have("acme", "images", "team:web");
        if (missing is "package" or "repo")
            fake.Things.TryRemove("acme/images/team:web", out _);
        if (missing == "repo")
            fake.Things.TryRemove("acme/images", out _);
        using var harness = Harness(o =>
        {
            o.CreateMissing = Enum.Parse<CreateMissing>(level);
            o.Licenses.Add("MIT");
            o.VcsUrl = "https://git.example/web";
        });
        var absent = await harness.ReadFailsAsync();

        await harness.Target.PrepareAsync(TargetHarness.Version, absent, Token);

        Assert.Equal(calls.Split('|'), fake.Calls.Skip(1).Select(c => c.ToString()));
        Assert.Empty(await harness.Target.ReadAsync(TargetHarness.Version, Token));
        if (missing == "package")
            Assert.Equal("""{"name":"team:web","licenses":["MIT"],"vcs_url":"https://git.example/web"}""", fake.Calls[1].Body);
        if (missing == "repo")
            Assert.Equal("""{"name":"images","type":"docker"}""", fake.Calls[1].Body);
    }

    [Fact]
    public async Task A_version_that_somebody_else_just_created_is_as_good()
    {
        fake.Have("acme", "images", "team:web");
        using var harness = Harness();
        var absent = await harness.ReadFailsAsync();
        fake.Have("acme", "images", "team:web", "1.4.0");

        await harness.Target.PrepareAsync(TargetHarness.Version, absent, Token);

        Assert.Equal("POST", fake.Calls[^1].Method);
    }

    [Fact]
    public async Task A_target_that_does_not_keep_what_it_creates_is_not_asked_for_ever()
    {
        fake.Have("acme", "images", "other");
        using var harness = Harness(o => o.CreateMissing = CreateMissing.Repository);
        var absent = await harness.ReadFailsAsync();
        fake.Script = async (call, context) =>
        {
            if (!call.RawTarget.EndsWith("/packages/acme/images", StringComparison.Ordinal))
                return false;
            await FakeBintray.AnswerAsync(context, 201, call.Body);
            return true;
        };

        var lie = await Assert.ThrowsAsync<TargetException>(() => harness.Target.PrepareAsync(TargetHarness.Version, absent, Token));

        Assert.Equal(DeliveryOutcome.ReadBackMismatch, lie.Outcome);
        Assert.Equal(3, fake.Calls.Count);
    }

    [Theory]
    [InlineData("Nothing", "version", "version", "Version 'acme/images/team:web/1.4.0' does not exist at target 'main'. Create it, or set Targets:0:CreateMissing to Version, then redeliver.")]
    [InlineData("Version", "package", "package", "Package 'acme/images/team:web' does not exist at target 'main'. Create it, or set Targets:0:CreateMissing to Package, then redeliver.")]
    [InlineData("Package", "repo", "repository", "Repository 'acme/images' does not exist at target 'main'. Create it, or set Targets:0:CreateMissing to Repository, then redeliver.")]
    [InlineData("Package", "subject", "subject", "Subject 'acme' does not exist at target 'main'. Create it, or set Targets:0:CreateMissing to Repository, then redeliver.")]
    [InlineData("Repository", "subject", "subject", "Subject 'acme' does not exist at target 'main'. Create it there, or correct the occurrence's resource, then redeliver.")]
    public async Task What_may_not_be_created_says_what_to_do(string level, string missing, string part, string sentence)
    {
        if (missing != "subject")
            fake.Things["acme"] = true;
        if (missing is "package" or "version")
            fake.Things["acme/images"] = true;
        if (missing == "version")
            fake.Things["acme/images/team:web"] = true;
        using var harness = Harness(o => o.CreateMissing = Enum.Parse<CreateMissing>(level));
        var absent = await harness.ReadFailsAsync();

        var refusal = await Assert.ThrowsAsync<TargetException>(() => harness.Target.PrepareAsync(TargetHarness.Version, absent, Token));

        Assert.Equal((DeliveryOutcome.Missing, part, sentence), (refusal.Outcome, refusal.Missing, refusal.Message));
        Assert.Empty(fake.Versions);
    }

    [Fact]
    public async Task A_package_that_the_target_refuses_to_create_says_why_and_what_to_do()
    {
        fake.Have("acme", "images", "other");
        using var harness = Harness(o => o.CreateMissing = CreateMissing.Package);
        var absent = await harness.ReadFailsAsync();
        fake.Script = async (call, context) =>
        {
            if (!call.RawTarget.EndsWith("/packages/acme/images", StringComparison.Ordinal))
                return false;
            await FakeBintray.SayAsync(context, 400, "Package license is mandatory");
            return true;
        };

        var refusal = await Assert.ThrowsAsync<TargetException>(() => harness.Target.PrepareAsync(TargetHarness.Version, absent, Token));

        Assert.Equal(
            "The package 'acme/images/team:web' could not be created. The target answered 400: Package license is mandatory "
            + "Set Targets:0:Licenses and :VcsUrl, or create the package, then redeliver.",
            refusal.Message);
    }

    private TargetHarness Harness(Action<BintrayOptions>? change = null) => new(fake.Url, new TestClock(), logs, change);
}
