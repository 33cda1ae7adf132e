using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Tests.Filtering;

/// <summary>Filters and occurrences from one small stock, so that they often meet.</summary>
internal sealed class RandomFilters(int seed)
{
    private static readonly string[] Texts = ["", "a", "ab", "a/b", "b", "été", "\uFF5E", "😀", "a😀", "A", "%", "_", "a*"];
    private static readonly string[] Ids = ["a", "ab", "b", "é", "😀"];
    private static readonly string[] Texted = ["resourceUrl", "resource_uri", "noteId", "note_project_id", "remediation", "build.provenance.id"];
    private static readonly string[] Signs = ["=", "!=", "<", "<=", ">", ">=", ":"];
    private static readonly string[] TimeSigns = ["=", "!=", "<", "<=", ">", ">="];
    private static readonly NoteKind[] Kinds = [NoteKind.Build, NoteKind.Deployment, NoteKind.Vulnerability, NoteKind.Image];
    private static readonly long[] Seconds = [0, 1, -62_135_596_800, 253_402_300_799];
    private static readonly int[] Nanos = [0, 100, 200, 150, 999_999_999, 1];
    private readonly Random random = new(seed);

    public string Filter(int depth = 3) => (depth == 0 ? 0 : random.Next(7)) switch
    {
        1 => $"{Factor(depth)} AND {Factor(depth)}",
        2 => $"{Factor(depth)} OR {Factor(depth)}",
        3 => $"{Factor(depth)} {Factor(depth)}",
        4 => $"NOT {Factor(depth)}",
        5 => $"-({Filter(depth - 1)})",
        _ => Comparison(),
    };

    public Occurrence Occurrence()
    {
        var occurrence = new Occurrence
        {
            ResourceUri = Any(Texts),
            NoteName = $"projects/{Any(Ids)}/notes/{Any(Ids)}",
            Remediation = Any(Texts),
            // As the server sets it: whole ticks.
            CreateTime = new Timestamp { Seconds = Any(Seconds), Nanos = Any(Nanos) / 100 * 100 },
        };
        switch (random.Next(4))
        {
            case 0: occurrence.Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = Any(Texts) } }; break;
            case 1: occurrence.Deployment = new DeploymentOccurrence(); break;
            case 2: occurrence.Vulnerability = new VulnerabilityOccurrence { CvssScore = random.Next(3) }; break;
            default: break;
        }

        occurrence.Kind = OccurrenceKinds.Of(occurrence);
        return occurrence;
    }

    private string Factor(int depth) => $"({Filter(depth - 1)})";

    private string Comparison() => random.Next(10) switch
    {
        0 => $"kind{(random.Next(2) == 0 ? "=" : "!=")}{Any(Kinds).ToString().ToUpperInvariant()}",
        1 => $"createTime{Any(TimeSigns)}\"{Time()}\"",
        2 => $"has_prefix({Any(Texted)}, {Quoted(Any(Texts))})",
        3 => $"noteName{Any(TimeSigns)}\"projects/{Any(Ids).Replace("😀", "x", StringComparison.Ordinal)}/notes/{(random.Next(3) == 0 ? "" : "a")}\"",
        4 => $"{Any(Texted)}:*",
        5 => $"{Any(Texted)}={Quoted((random.Next(2) == 0 ? "*" : "") + Any(Texts) + (random.Next(2) == 0 ? "*" : ""))}",
        6 => $"{(random.Next(2) == 0 ? "" : "-")}has_prefix(noteName, \"projects/{Any(Texts).Replace("😀", "x", StringComparison.Ordinal)}/notes/{(random.Next(2) == 0 ? "" : "a")}\")",
        7 => random.Next(2) == 0 ? "kind:*" : "vulnerability.cvssScore<1",
        _ => $"{Any(Texted)}{Any(Signs)}{Quoted(Any(Texts))}",
    };

    private string Time()
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(Any(Seconds));
        return $"{time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)}.{Any(Nanos):D9}{(random.Next(4) == 0 ? "+00:01" : "Z")}";
    }

    // What lies over U+FFFF stands in a filter only as an escape.
    private static string Quoted(string text) => $"\"{text.Replace("😀", "\\U0001F600", StringComparison.Ordinal)}\"";

    private T Any<T>(T[] from) => from[random.Next(from.Length)];
}
