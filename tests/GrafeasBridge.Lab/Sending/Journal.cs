using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.V1;

namespace GrafeasBridge.Lab.Sending;

/// <summary>
/// What senders asked and were told, a line each, in the order in which it happened. The checker knows nothing else of the bridge.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly Lock sync = new();
    private readonly StreamWriter writer;

    public Journal(string file)
    {
        File = file;
        writer = new StreamWriter(file);
    }

    public string File { get; }

    /// <summary>Lines by kind.</summary>
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    public void Sent(string key, int attempt, Occurrence occurrence) => Write("sent", new JsonObject
    {
        ["op"] = "create",
        ["attempt"] = attempt,
        ["key"] = key,
        ["occurrence"] = Json(occurrence),
    });

    public void Told(string key, string name, Receipt? receipt) => Write("told", new JsonObject
    {
        ["key"] = key,
        ["name"] = name,
        ["receipt"] = receipt is null ? null : Json(receipt),
    });

    /// <summary>The service said no: nothing of the call is kept.</summary>
    public void Refused(string key, string status, TimeSpan? retryAfter) => Write("refused", new JsonObject
    {
        ["key"] = key,
        ["status"] = status,
        ["retryAfterMs"] = retryAfter?.TotalMilliseconds,
    });

    /// <summary>The connection ended first: the call may have been done or not.</summary>
    public void Unknown(string key, string status) => Write("unknown", new JsonObject { ["key"] = key, ["status"] = status });

    /// <param name="version">As the bridge reports it, verified.</param>
    /// <param name="known">Names that senders had been told before the question was asked.</param>
    public void Verified(VersionSummary version, IReadOnlyList<string> known, DeliveryProof proof)
    {
        var line = About(version);
        line["occurrences"] = Names(known);
        line["proof"] = Json(proof);
        Write("verified", line);
    }

    public void Parked(VersionSummary version)
    {
        var line = About(version);
        line["reason"] = version.LastReason;
        Write("parked", line);
    }

    /// <summary>Names that the bridge lists.</summary>
    public void Stored(IEnumerable<string> names) => Write("stored", new JsonObject { ["names"] = Names(names) });

    public void Mark(string text) => Write("mark", new JsonObject { ["text"] = text });

    public void Flush()
    {
        lock (sync)
            writer.Flush();
    }

    public void Dispose() => writer.Dispose();

    private static JsonObject About(VersionSummary version) => new()
    {
        ["target"] = version.Target,
        ["subject"] = version.Subject,
        ["repo"] = version.Repo,
        ["package"] = version.Package,
        ["version"] = version.Version,
        ["revision"] = version.Revision,
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    private static JsonNode Json(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message))!;

    private void Write(string kind, JsonObject rest)
    {
        var line = new JsonObject { ["at"] = "", ["kind"] = kind };
        foreach ((var name, var value) in rest.ToList())
        {
            rest.Remove(name);
            line[name] = value;
        }

        lock (sync)
        {
            // The time is taken where the order is made.
            line["at"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
            writer.WriteLine(line.ToJsonString(JsonSerializerOptions.Default));
            Counts[kind] = Counts.GetValueOrDefault(kind) + 1;
        }
    }
}
