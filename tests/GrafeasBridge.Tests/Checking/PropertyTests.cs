using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Checking;

/// <summary>A random world passes, and one single corruption of it is told under the rule that it breaks.</summary>
public sealed class PropertyTests(ITestOutputHelper output)
{
    private static readonly (string Rule, string What, Action<RandomWorld> Plant)[] Corruptions =
    [
        ("lost", "told and never delivered", w => w.Create("1")),
        ("lost", "gone from the list", w => w.World.Listed!.Remove(Known(w))),
        ("early", "gone from the list after a kill", w => AfterKill(w, Known(w))),
        ("lost", "gone from the target", w => Values(w, "grafeas.occurrence", Known(w), remove: true)),
        ("out-of-order", "gone from the target by a step back", w => StepBack(w, Known(w))),
        ("duplicated", "a stranger's name at the target", w => Values(w, "grafeas.occurrence", "projects/q/occurrences/nobody")),
        ("duplicated", "a stranger's name in the list", w => w.World.Listed!.Add("projects/q/occurrences/nobody")),
        ("duplicated", "a name twice", w => Values(w, "grafeas.occurrence", Known(w))),
        ("duplicated", "two names for a key", w => TwoNames(w, w.Keys[Known(w)])),
        ("wrong", "another value", w => Attribute(w)["values"]!.AsArray()[0] = "nobody said that"),
        ("wrong", "another type", w => Attribute(w)["type"] = "number"),
        ("wrong", "an attribute gone", w => State(w).Remove(Attribute(w))),
        ("wrong", "an attribute that nothing says", w => State(w).Add(new JsonObject { ["name"] = "vcs.branch", ["values"] = new JsonArray("x"), ["type"] = "string" })),
        ("wrong", "a deleted one that stays", w => w.World.Delete(w.Told["1"][0], "1")),
        ("wrong", "another content", w => Receipt(w, r => r.ContentHash = "sha256:" + new string('0', 64))),
        ("wrong", "another occurrence", w => Receipt(w, r => r.Occurrence += "0")),
        ("wrong", "a sequence that is another's", w => Receipt(w, r => r.Sequence = r.Sequence == 1 ? 2 : 1)),
        ("wrong", "another time", w => Receipt(w, r => r.CreateTime.Nanos ^= 1)),
        ("wrong", "another signature", w => Pick(w, "told", "receipt")["receipt"]!["signature"] = Convert.ToBase64String(new byte[64])),
        ("early", "verified before anything was there", w => Pick(w, "verified", "proof")["at"] = "2026-11-23T11:59:59Z"),
        ("early", "a proof of what never was", w => Proof(w, p => p.ReadBackHash = "sha256:" + new string('0', 64))),
        ("early", "a proof of before", w => Proof(w, p => p.VerifiedTime.Seconds -= 3600)),
        ("wrong", "a proof about another version", w => Proof(w, p => p.Version += "0")),
    ];

    [Fact]
    public async Task A_random_world_passes_and_any_single_corruption_of_it_is_told()
    {
        var seed = Seeds.Next(output);
        for (var run = 0; run < PropertyRuns.Of(3) * Corruptions.Length; run++)
        {
            (var rule, var what, var plant) = Corruptions[run % Corruptions.Length];
            var random = new RandomWorld(seed + run);
            using var world = random.World;
            List<string> listed = [.. world.Listed!];
            var clean = await world.CheckAsync();
            Assert.True(clean.Code == 0, $"seed {seed + run}, clean: {clean.Output}{clean.Errors}");
            Assert.True(clean.NotJudged.Length == 0, $"seed {seed + run}: {clean.NotJudged}");

            // The list was written by the check; it is taken again after the corruption.
            world.Journals["one"].RemoveAll(line => (string)line["kind"]! == "stored");
            world.Listed = listed;
            plant(random);
            var broken = await world.CheckAsync();
            Assert.True(broken.Code == 1, $"seed {seed + run}, {what}: {broken.Output}{broken.Errors}");
            Assert.True(broken.Found.Contains(rule + ":", StringComparison.Ordinal), $"seed {seed + run}, {what}: {broken.Output}");
        }
    }

    private static string Known(RandomWorld world) => world.Told["2"][^1];

    private static void TwoNames(RandomWorld world, (string Key, Grafeas.V1.Occurrence Sent) call)
    {
        world.World.Sent(call.Key, call.Sent);
        world.World.Tell(call.Key, world.World.Store(call.Sent));
    }

    private static void AfterKill(RandomWorld world, string name)
    {
        world.World.Write("one", "mark", ("text", "killed"));
        world.World.Listed!.Remove(name);
    }

    private static void StepBack(RandomWorld world, string name)
    {
        var before = State(world).DeepClone().AsArray();
        Remove(before.Single(a => (string)a!["name"]! == "grafeas.occurrence")!["values"]!.AsArray(), name);
        world.World.Change("2", "PATCH", before);
    }

    private static JsonArray State(RandomWorld world) => world.World.State["2"];

    private static JsonNode Attribute(RandomWorld world) => world.Pick([.. State(world).Where(a => (string)a!["name"]! != "grafeas.occurrence")])!;

    private static void Values(RandomWorld world, string attribute, string value, bool remove = false)
    {
        var values = RuleTests.ValuesOf(world.World, "2", attribute);
        if (remove)
            Remove(values, value);
        else
            values.Add(value);
    }

    private static void Remove(JsonArray values, string value) => values.Remove(values.Single(v => (string)v! == value));

    private static JsonObject Pick(RandomWorld world, string kind, string with) => world.Pick(
        [.. world.World.Journals.Values.SelectMany(j => j).Where(l => (string)l["kind"]! == kind && l[with] is not null && l["occurrences"] is not JsonArray { Count: 0 })]);

    private static void Receipt(RandomWorld world, Action<Receipt> change)
    {
        var told = Pick(world, "told", "receipt");
        var receipt = V1.Receipt.Parser.ParseJson(told["receipt"]!.ToJsonString());
        change(receipt);
        told["receipt"] = World.Json(world.World.Signer.Sign(receipt));
    }

    private static void Proof(RandomWorld world, Action<DeliveryProof> change)
    {
        var verified = Pick(world, "verified", "proof");
        var proof = DeliveryProof.Parser.ParseJson(verified["proof"]!.ToJsonString());
        change(proof);
        verified["proof"] = World.Json(world.World.Signer.Sign(proof));
    }
}
