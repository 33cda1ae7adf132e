using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Mapping;
using GrafeasBridge.Tests.Receipts;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Checking;

/// <summary>
/// A bridge that keeps its promises, on paper: senders that write journals, a target with a history, and a service between them that
/// maps with the real mapping. Tests then break what they want.
/// </summary>
internal sealed class World : IDisposable
{
    private static readonly OccurrenceMapping Mapping = MappingFixture.Open();

    private readonly TemporaryFolder folder = new();
    private readonly Signer signer = new();
    private readonly Dictionary<string, List<Occurrence>> byVersion = new(StringComparer.Ordinal);
    private DateTimeOffset now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private long sequence;

    public SortedDictionary<string, List<JsonObject>> Journals { get; } = new(StringComparer.Ordinal);

    public List<JsonObject> History { get; } = [];

    /// <summary>What the target holds at the end, by version.</summary>
    public SortedDictionary<string, JsonArray> State { get; } = new(StringComparer.Ordinal);

    /// <summary>What the service lists; null to leave it out.</summary>
    public List<string>? Listed { get; set; } = [];

    public List<string> Names { get; } = [];

    public Signer Signer => signer;

    public DateTimeOffset Now => now;

    public DateTimeOffset Tick(double milliseconds = 10) => now = now.AddMilliseconds(milliseconds);

    public static Occurrence Build(string version, string id, Action<BuildProvenance>? more = null)
    {
        var occurrence = new Occurrence
        {
            ResourceUri = $"acme-docker-images.bintray.io/team/web:{version}",
            NoteName = "projects/p/notes/build",
            Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = id, Creator = "ci" } },
        };
        more?.Invoke(occurrence.Build.Provenance);
        return occurrence;
    }

    /// <summary>Sends, stores and tells.</summary>
    /// <returns>The name.</returns>
    public string Create(Occurrence sent, string? key = null, string journal = "one")
    {
        key ??= $"p/r-{sequence + 1}";
        Sent(key, sent, journal);
        return Tell(key, Store(sent), journal);
    }

    public void Sent(string key, Occurrence sent, string journal = "one") => Write(
        journal, "sent", ("op", "create"), ("attempt", 1), ("key", key), ("occurrence", Json(sent)));

    public void Delete(string name, string version)
    {
        var key = $"p/d-{name}";
        Write("one", "sent", ("op", "delete"), ("attempt", 1), ("key", key), ("name", name));
        byVersion[version].RemoveAll(o => o.Name == name);
        Listed?.Remove(name);
        Write("one", "told", ("key", key), ("name", name));
    }

    /// <summary>Stores it as the service does.</summary>
    public Occurrence Store(Occurrence sent)
    {
        var stored = sent.Clone();
        stored.Name = $"projects/p/occurrences/{++sequence:D8}";
        stored.Kind = NoteKind.Build;
        stored.CreateTime = stored.UpdateTime = Timestamp.FromDateTimeOffset(Tick(1.2345));
        var version = sent.ResourceUri[(sent.ResourceUri.LastIndexOf(':') + 1)..];
        if (!byVersion.TryGetValue(version, out var all))
            byVersion[version] = all = [];
        all.Add(stored);
        Listed?.Add(stored.Name);
        Names.Add(stored.Name);
        return stored;
    }

    public Receipt ReceiptOf(Occurrence stored) => signer.Sign(new Receipt
    {
        Occurrence = stored.Name,
        ContentHash = Stranger.HashOf(stored),
        Sequence = long.Parse(stored.Name[^8..], CultureInfo.InvariantCulture),
        CreateTime = stored.CreateTime,
    });

    public string Tell(string key, Occurrence stored, string journal = "one")
    {
        Write(journal, "told", ("key", key), ("name", stored.Name), ("receipt", Json(ReceiptOf(stored))));
        return stored.Name;
    }

    /// <summary>Writes what the mapping makes of all that is stored for a version.</summary>
    public void Deliver(string version)
    {
        if (!State.ContainsKey(version))
            Change(version, "create", []);
        Change(version, "PATCH", Attributes(byVersion.GetValueOrDefault(version) ?? []));
    }

    public static JsonArray Attributes(IEnumerable<Occurrence> occurrences) => new([.. Mapping.Map(occurrences).Select(a => new JsonObject
    {
        ["name"] = a.Name,
        ["values"] = new JsonArray([.. a.Values.Select(v => a.Type == GrafeasBridge.Mapping.AttributeType.Boolean ? JsonValue.Create(v == "true") : (JsonNode)JsonValue.Create(v))]),
        ["type"] = a.Type.ToString().ToLowerInvariant(),
    })]);

    public void Change(string version, string verb, JsonArray attributes)
    {
        State[version] = attributes;
        History.Add(Entry(version, new JsonObject
        {
            ["sequence"] = History.Count + 1,
            ["time"] = Tick().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["verb"] = verb,
            ["attributes"] = attributes.DeepClone(),
        }));
    }

    /// <summary>Asks, is told VERIFIED, and gets a proof.</summary>
    public void Verify(string version, params IEnumerable<string> names)
    {
        Tick();
        Write("one", "verified", [("target", "main"), .. About(version), ("revision", 1), ("occurrences", Texts(names)), ("proof", Json(ProofOf(version)))]);
    }

    public DeliveryProof ProofOf(string version)
    {
        string[] attributes = [.. State[version].Select(a => (string)a!["name"]!)];
        return signer.Sign(new DeliveryProof
        {
            Target = "main",
            Subject = "acme",
            Repo = "images",
            Package = "team/web",
            Version = version,
            Revision = 1,
            ReadBackHash = Digests.Of(State[version]),
            VerifiedTime = Timestamp.FromDateTimeOffset(now),
            Attributes = { attributes },
        });
    }

    public void Park(string version, string reason) => Write("one", "parked", [.. About(version), ("reason", reason)]);

    public void Write(string journal, string kind, params IEnumerable<(string Name, JsonNode? Value)> fields)
    {
        var line = new JsonObject { ["at"] = Tick(1).ToString("O", CultureInfo.InvariantCulture), ["kind"] = kind };
        foreach ((var name, var value) in fields)
            line[name] = value;
        if (!Journals.TryGetValue(journal, out var lines))
            Journals[journal] = lines = [];
        lines.Add(line);
    }

    public static JsonNode Json(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message))!;

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    /// <summary>Writes the files and runs the program on them.</summary>
    public async Task<CheckerRun> CheckAsync(params string[] more) =>
        await CheckerRun.InsideAsync([.. await FilesAsync(), .. more], folder.File("report.json"));

    /// <summary>As a process.</summary>
    public async Task<CheckerRun> CheckOutsideAsync() => await CheckerRun.OfAsync(await FilesAsync(), folder.File("report.json"));

    public async Task<IReadOnlyList<string>> FilesAsync()
    {
        if (Listed is not null)
            Write("one", "stored", ("names", Texts(Listed)));
        List<string> arguments = ["--journal"];
        foreach ((var name, var lines) in Journals)
            arguments.Add(await FileAsync(name + ".jsonl", string.Concat(lines.Select(l => l.ToJsonString() + "\n"))));
        var state = new JsonObject { ["carried"] = new JsonArray([.. State.Select(v => Entry(v.Key, new JsonObject { ["attributes"] = v.Value.DeepClone() }))]) };
        arguments.AddRange(["--state", await FileAsync("state.json", state.ToJsonString())]);
        arguments.AddRange(["--history", await FileAsync("history.jsonl", string.Concat(History.Select(h => h.ToJsonString() + "\n")))]);
        arguments.AddRange(["--keys", await FileAsync("keys.json", signer.Served.ToJsonString())]);
        return arguments;
    }

    public async Task<string> FileAsync(string name, string text)
    {
        await File.WriteAllTextAsync(folder.File(name), text, TestContext.Current.CancellationToken);
        return folder.File(name);
    }

    public void Dispose()
    {
        signer.Dispose();
        folder.Dispose();
    }

    private static JsonObject Entry(string version, JsonObject rest)
    {
        foreach ((var name, var value) in About(version))
            rest[name] = value;
        rest["package"] = "team:web";
        return rest;
    }

    private static IEnumerable<(string Name, JsonNode? Value)> About(string version) =>
        [("subject", "acme"), ("repo", "images"), ("package", "team/web"), ("version", version)];
}
