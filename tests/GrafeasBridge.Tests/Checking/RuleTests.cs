using System.Text.Json.Nodes;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Checking;

/// <summary>Each rule of the checker: what keeps it passes, and what breaks it is told.</summary>
public sealed class RuleTests
{
    private const string Occurrences = "grafeas.occurrence";

    [Fact]
    public async Task A_bridge_that_kept_its_promises_is_told_so_and_how_much_was_looked_at()
    {
        using var world = Kept();
        var run = await world.CheckOutsideAsync();
        Assert.True(run.Code == 0, run.Output);
        Assert.Equal(("", ""), (run.Found, run.NotJudged));
        Assert.Equal((3, 3, 3, 2, 2), (run.Count("receipts"), run.Count("contentHashes"), run.Count("target.acknowledged"), run.Count("proofs"), run.Count("target.checked")));
        Assert.Equal((5, 5, 5), (run.Count("signatures"), run.Count("history"), run.Count("journal.sent") + run.Count("proofs")));
        Assert.Contains("Every promise was kept.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acknowledged_occurrence_that_the_target_does_not_carry_is_lost_unless_its_version_waits()
    {
        using var world = Kept();
        var name = world.Create(World.Build("1", "b-late"));
        var run = await world.CheckAsync();
        AssertFound(run, "lost:1", name, "does not carry it");
        world.Park("1", "the target answers 401");
        run = await world.CheckAsync();
        Assert.Equal((0, ""), (run.Code, run.Found));
        Assert.Contains("the target answers 401: 1", run.NotJudged, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "lost:1")]
    [InlineData(true, "early:1")]
    public async Task An_acknowledged_occurrence_that_the_service_does_not_list_is_lost_or_after_a_crash_was_told_too_early(bool killed, string found)
    {
        using var world = Kept();
        var name = world.Create(World.Build("1", "b-late"));
        if (killed)
            world.Write("one", "mark", ("text", "killed at after-commit"));
        world.Listed!.Remove(name);
        AssertFound(await world.CheckAsync(), found, name, "the target does not hold it");
    }

    [Fact]
    public async Task What_was_told_after_the_list_was_taken_is_not_missed_in_it()
    {
        using var world = Kept();
        world.Write("one", "stored", ("names", World.Texts(world.Listed!)));
        world.Listed = null;
        world.Create(World.Build("1", "b-late"));
        world.Deliver("1");
        var run = await world.CheckAsync();
        Assert.Equal((0, ""), (run.Code, run.Found));
    }

    [Fact]
    public async Task One_key_has_one_name_however_often_it_is_told()
    {
        using var world = Kept();
        var build = World.Build("1", "b-again");
        world.Sent("p/again", build);
        var stored = world.Store(build);
        world.Tell("p/again", stored);
        world.Sent("p/again", build, "two");
        world.Tell("p/again", stored, "two");
        world.Deliver("1");
        Assert.Equal("", (await world.CheckAsync()).Found);
        world.Tell("p/again", world.Store(build));
        world.Deliver("1");
        var run = await world.CheckAsync();
        Assert.StartsWith("duplicated:1", run.Found, StringComparison.Ordinal);
        Assert.Contains("One key was told two names.", run.Texts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_was_told_may_be_there_once_and_no_more()
    {
        using var world = Kept();
        var build = World.Build("1", "b-unanswered");
        world.Sent("p/unanswered", build);
        world.Store(build);
        world.Write("one", "unknown", ("key", "p/unanswered"), ("status", "UNAVAILABLE"));
        world.Deliver("1");
        var run = await world.CheckAsync();
        Assert.True(run.Code == 0, run.Output);
        world.Store(build);
        world.Deliver("1");
        AssertFound(await world.CheckAsync(), "duplicated:2", "acme/images/team/web/1", "at most 1 can have been stored");
    }

    [Fact]
    public async Task What_was_refused_may_not_be_there()
    {
        using var world = Kept();
        var build = World.Build("1", "b-refused");
        world.Sent("p/refused", build);
        world.Write("one", "refused", ("key", "p/refused"), ("status", "RESOURCE_EXHAUSTED"), ("retryAfterMs", 200));
        Assert.Equal("", (await world.CheckAsync()).Found);
        world.Store(build);
        world.Deliver("1");
        Assert.StartsWith("duplicated:2", (await world.CheckAsync()).Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Which_of_several_unanswered_creations_were_stored_is_tried_out()
    {
        using var world = Kept();
        for (var i = 1; i <= 4; i++)
        {
            var build = World.Build("1", $"b-open-{i}", p => p.EndTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(world.Tick()));
            world.Sent($"p/open-{i}", build);
            if (i is 1 or 3)
                world.Store(build);
        }

        world.Deliver("1");
        var run = await world.CheckAsync();
        Assert.Equal((0, ""), (run.Code, run.Found));
        Assert.DoesNotContain("attributes", run.NotJudged, StringComparison.Ordinal);
        ValuesOf(world, "1", "build.id")[0] = "b-open-9";
        AssertFound(await world.CheckAsync(), "wrong:1", "acme/images/team/web/1", "build.id is string 'b-open-9'");
    }

    [Fact]
    public async Task An_occurrence_counted_twice_is_told()
    {
        using var world = Kept();
        ValuesOf(world, "1", Occurrences).Add(world.Names[0]);
        AssertFound(await world.CheckAsync(), "duplicated:1", world.Names[0], "counts an occurrence twice");
    }

    [Fact]
    public async Task An_attribute_that_does_not_follow_from_the_occurrences_is_wrong_and_others_attributes_are_not_looked_at()
    {
        using var world = Kept();
        world.State["1"].Add(new JsonObject { ["name"] = "team.note", ["values"] = new JsonArray("kept"), ["type"] = "string" });
        Assert.Equal("", (await world.CheckAsync()).Found);
        world.State["1"].Add(new JsonObject { ["name"] = "build.trigger", ["values"] = new JsonArray("nobody"), ["type"] = "string" });
        ValuesOf(world, "1", "build.creator")[0] = "somebody";
        var run = await world.CheckAsync();
        AssertFound(run, "wrong:1", "build.creator is string 'somebody'; expected string 'ci'", "build.trigger is 'nobody'; nothing says that");
    }

    [Fact]
    public async Task An_occurrence_at_another_version_is_wrong()
    {
        using var world = Kept();
        ValuesOf(world, "2", Occurrences).Add(world.Names[0]);
        var run = await world.CheckAsync();
        Assert.Equal(1, run.Code);
        Assert.Contains("It stands at acme/images/team/web/2 and belongs to acme/images/team/web/1.", run.Texts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_occurrence_is_gone_from_the_target_and_from_the_list()
    {
        using var world = Kept();
        var name = world.Names[0];
        var before = world.State["1"].DeepClone();
        world.Delete(name, "1");
        world.Deliver("1");
        var run = await world.CheckAsync();
        Assert.True(run.Code == 0, run.Output);
        world.Change("1", "PATCH", before.AsArray());
        world.Listed!.Add(name);
        AssertFound(await world.CheckAsync(), "wrong:2", "it still contributes to", "the service still lists it");
    }

    [Fact]
    public async Task A_version_that_was_verified_before_the_target_held_it_is_told()
    {
        using var world = Kept();
        var name = world.Create(World.Build("1", "b-early"));
        world.Write("one", "verified", ("subject", "acme"), ("repo", "images"), ("package", "team/web"), ("version", "1"), ("revision", 2), ("occurrences", World.Texts([name])), ("proof", null));
        world.Deliver("1");
        AssertFound(await world.CheckAsync(), "early:1", "VERIFIED was answered", "first so: history 6");
        Assert.Equal("", (await world.CheckAsync("--skew", "1000")).Found);
    }

    [Fact]
    public async Task A_proof_of_a_state_that_never_was_is_told()
    {
        using var world = Kept();
        var proof = world.ProofOf("1");
        proof.ReadBackHash = "sha256:" + new string('0', 64);
        world.Write("one", "verified", ("subject", "acme"), ("repo", "images"), ("package", "team/web"), ("version", "1"), ("revision", 1), ("occurrences", World.Texts([world.Names[0]])), ("proof", World.Json(world.Signer.Sign(proof))));
        AssertFound(await world.CheckAsync(), "early:1", "no state that the target held has its digest", "it was never so");
    }

    [Theory]
    [InlineData("signature", "the signature does not fit")]
    [InlineData("keyId", "not among those given")]
    [InlineData("contentHash", "is not that of what was sent")]
    [InlineData("occurrence", "Its receipt is for")]
    [InlineData("sequence", "is also that of")]
    public async Task A_receipt_that_does_not_fit_is_wrong(string field, string sentence)
    {
        using var world = Kept();
        var told = world.Journals["one"].FindAll(l => (string)l["kind"]! == "told")[1];
        var receipt = Receipt.Parser.ParseJson(told["receipt"]!.ToJsonString());
        if (field == "contentHash")
            receipt.ContentHash = "sha256:" + new string('1', 64);
        if (field == "occurrence")
            receipt.Occurrence = "projects/p/occurrences/other";
        if (field == "sequence")
            receipt.Sequence = 1;
        told["receipt"] = World.Json(world.Signer.Sign(receipt));
        if (field is "signature" or "keyId")
            told["receipt"]![field] = field == "keyId" ? "another" : Convert.ToBase64String(new byte[64]);
        var run = await world.CheckAsync();
        Assert.StartsWith("wrong:", run.Found, StringComparison.Ordinal);
        Assert.Contains(sentence, run.Texts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sequence_below_one_that_its_sender_already_held_is_wrong()
    {
        using var world = Kept();
        var early = world.Store(World.Build("1", "b-seq"));
        world.Create(World.Build("1", "b-next"));
        world.Sent("p/seq", World.Build("1", "b-seq"));
        world.Tell("p/seq", early);
        world.Deliver("1");
        AssertFound(await world.CheckAsync(), "wrong:1", "Its sequence 4 is not above 5", "which its sender held before it sent this");
    }

    [Fact]
    public async Task A_target_that_goes_back_and_stays_so_is_told_and_one_that_comes_back_is_counted()
    {
        using var world = Kept();
        var before = world.State["1"].DeepClone().AsArray();
        var name = world.Create(World.Build("1", "b-new"));
        world.Deliver("1");
        var after = world.State["1"].DeepClone().AsArray();
        world.Change("1", "PATCH", before.DeepClone().AsArray());
        AssertFound(await world.CheckAsync(), "lost:1 out-of-order:1", name, "went back and stayed so");
        world.Change("1", "PATCH", after);
        var run = await world.CheckAsync();
        Assert.Equal((0, "", 1), (run.Code, run.Found, run.Count("steps.back.healed")));
    }

    [Fact]
    public async Task What_the_target_lost_by_itself_is_lost_and_not_out_of_order()
    {
        using var world = Kept();
        var before = world.State["1"].DeepClone().AsArray();
        var name = world.Create(World.Build("1", "b-new"));
        world.Deliver("1");
        world.Change("1", "lateLoss", before);
        var run = await world.CheckAsync();
        AssertFound(run, "lost:1", name, "does not carry it");
        Assert.Equal(1, run.Count("steps.backByFault.open"));
        world.Park("1", "drifted");
        Assert.Equal("", (await world.CheckAsync()).Found);
    }

    internal static JsonArray ValuesOf(World world, string version, string attribute) =>
        world.State[version].Single(a => (string)a!["name"]! == attribute)!["values"]!.AsArray();

    /// <summary>Two builds of one version and one of another, delivered and verified.</summary>
    private static World Kept()
    {
        var world = new World();
        string[] names = [world.Create(World.Build("1", "b-1")), world.Create(World.Build("1", "b-2", p => p.LogsUri = "https://ci.example.com/2"))];
        world.Deliver("1");
        world.Verify("1", names);
        var other = world.Create(World.Build("2", "b-3"));
        world.Deliver("2");
        world.Verify("2", other);
        world.Change("2", "PATCH", world.State["2"].DeepClone().AsArray());
        return world;
    }

    private static void AssertFound(CheckerRun run, string found, params string[] told)
    {
        Assert.True(run.Code == 1, run.Output + run.Errors);
        Assert.Equal(found, run.Found);
        Assert.All(told, t => Assert.Contains(t, run.Texts, StringComparison.Ordinal));
    }
}
