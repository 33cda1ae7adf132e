using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Tests.Checking;

/// <summary>
/// A random world in which every promise is kept: several senders, retries, re-runs, calls without an answer, refusals, deletions, old
/// states that come back for a moment, and answers asked for in between.
/// </summary>
internal sealed class RandomWorld
{
    private static readonly string[] Versions = ["1", "2", "3"];

    private readonly Random dice;
    private int number;

    public RandomWorld(int seed)
    {
        dice = new Random(seed);
        foreach (var version in Versions)
            Create(version);
        for (var steps = dice.Next(5, 40); steps > 0; steps--)
            Step(Pick(Versions));
        foreach (var version in Versions)
        {
            World.Deliver(version);
            World.Verify(version, Told[version]);
        }
    }

    public World World { get; } = new();

    /// <summary>Names that were told and not deleted, by version. Each version keeps one at least.</summary>
    public Dictionary<string, List<string>> Told { get; } = Versions.ToDictionary(v => v, _ => new List<string>(), StringComparer.Ordinal);

    /// <summary>What was sent under which key, of what was told.</summary>
    public Dictionary<string, (string Key, Occurrence Sent)> Keys { get; } = new(StringComparer.Ordinal);

    public T Pick<T>(IReadOnlyList<T> from) => from[dice.Next(from.Count)];

    public string Create(string version)
    {
        var journal = Pick(["one", "two"]);
        (var key, var build) = Next(version);
        World.Sent(key, build, journal);
        if (dice.Next(6) == 0)
        {
            World.Write(journal, "refused", ("key", key), ("status", "RESOURCE_EXHAUSTED"), ("retryAfterMs", 200));
            World.Sent(key, build, journal);
        }

        var stored = World.Store(build);
        if (dice.Next(6) == 0)
        {
            World.Write(journal, "unknown", ("key", key), ("status", "UNAVAILABLE"));
            World.Sent(key, build, journal);
        }

        World.Tell(key, stored, journal);
        if (dice.Next(6) == 0)
        {
            World.Sent(key, build, "again");
            World.Tell(key, stored, "again");
        }

        Told[version].Add(stored.Name);
        Keys[stored.Name] = (key, build);
        return stored.Name;
    }

    private void Step(string version)
    {
        switch (dice.Next(8))
        {
            case 0:
                World.Deliver(version);
                World.Verify(version, Told[version].Where(_ => dice.Next(2) == 0));
                break;
            case 1 when Told[version].Count > 1:
                var name = Pick(Told[version]);
                Told[version].Remove(name);
                World.Delete(name, version);
                break;
            case 2:
                Unanswered(version);
                break;
            case 3 when World.State.TryGetValue(version, out var before):
                var old = before.DeepClone().AsArray();
                World.Deliver(version);
                World.Change(version, Pick(["PATCH", "lateLoss"]), old);
                World.Deliver(version);
                break;
            default:
                Create(version);
                break;
        }
    }

    private void Unanswered(string version)
    {
        (var key, var build) = Next(version);
        // Its creation time is nobody's to know, so its own words must tell how new it is.
        (build.Build.Provenance.Id, build.Build.Provenance.EndTime) = ("b-" + key, Timestamp.FromDateTimeOffset(World.Tick()));
        World.Sent(key, build);
        if (dice.Next(2) == 0)
            World.Store(build);
        if (dice.Next(2) == 0)
            World.Write("one", "unknown", ("key", key), ("status", "UNAVAILABLE"));
    }

    private (string Key, Occurrence Build) Next(string version)
    {
        var id = (++number).ToString(CultureInfo.InvariantCulture);
        return ("p/r-" + id, World.Build(version, dice.Next(8) == 0 ? "b-same" : "b-" + id, p => Fill(p, id)));
    }

    private void Fill(BuildProvenance provenance, string id)
    {
        if (dice.Next(2) == 0)
            provenance.LogsUri = "https://ci.example.com/" + id;
        if (dice.Next(2) == 0)
            provenance.EndTime = Timestamp.FromDateTimeOffset(World.Now.AddMilliseconds(dice.Next(-500, 500) + 0.1234567));
        if (dice.Next(2) == 0)
            provenance.SourceProvenance = new Source { Context = new Grafeas.V1.SourceContext { Git = new GitSourceContext { Url = "https://git.example.com/web", RevisionId = id } } };
        if (dice.Next(2) == 0)
            provenance.BuiltArtifacts.Add(new Artifact { Checksum = new string((char)('a' + dice.Next(6)), 64), Id = "img-" + id, Names = { "web:" + id, "web" } });
        if (dice.Next(3) == 0)
            (provenance.ProjectId, provenance.TriggerId, provenance.BuilderVersion) = ("web", "push", "1." + id);
        if (dice.Next(3) == 0)
            provenance.BuildOptions.Add(new Dictionary<string, string> { ["a"] = "ü", ["z"] = "1" });
        if (dice.Next(3) == 0)
            provenance.Commands.Add(new Command { Name = "make", Args = { "-j", "" }, Dir = "/src" });
    }
}
