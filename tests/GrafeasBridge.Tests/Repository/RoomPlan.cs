using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Tests.Repository;

/// <summary>The rooms of the service, the floors they stand on, and which room's code knows which other room.</summary>
internal sealed partial class RoomPlan
{
    /// <summary>From the top down. A room may know rooms of the floors below its own, and none beside it.</summary>
    public static readonly string[][] Floors =
    [
        ["Program"],
        ["Hosting"],
        ["Health"],
        ["Query", "Documentation", "Admin"],
        ["V1Beta1"],
        ["Ingest", "Retention"],
        ["Access", "Delivery"],
        ["Api"],
        ["Versions", "Receipts"],
        ["Store"],
        ["Mapping", "Filtering", "Telemetry"],
        ["Protos"],
    ];

    private readonly List<(string From, string To, string File)> arrows = [];

    /// <param name="files">Path below the service's folder, with slashes, and text of every source file.</param>
    public RoomPlan(IReadOnlyDictionary<string, string> files)
    {
        string[] rooms = [.. Floors.SelectMany(floor => floor)];
        var types = files.GroupBy(file => RoomOf(file.Key)).ToDictionary(
            room => room.Key, room => room.SelectMany(file => Declarations().Matches(file.Value)).Select(type => type.Groups["name"].Value).ToHashSet());
        foreach (var (path, text) in files)
        {
            var code = string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
            var known = Usings().Matches(code).Select(named => named.Groups["room"].Value)
                .Concat(Qualified().Matches(code).Where(named => types.TryGetValue(named.Groups["room"].Value, out var there) && there.Contains(named.Groups["type"].Value))
                    .Select(named => named.Groups["room"].Value));
            arrows.AddRange(known.Distinct().Where(room => rooms.Contains(room) && room != RoomOf(path)).Select(room => (RoomOf(path), room, path)));
        }
    }

    /// <summary>Every arrow that does not run down, with the file that draws it.</summary>
    public IEnumerable<string> Upward() =>
        from arrow in arrows
        where FloorOf(arrow.To) <= FloorOf(arrow.From)
        orderby arrow.From, arrow.To, arrow.File
        select $"{arrow.From} -> {arrow.To} ({arrow.File})";

    /// <summary>The plan as a Mermaid diagram: an arrow for each room that is known directly and not by way of another.</summary>
    public string Picture()
    {
        var knows = arrows.Select(arrow => (arrow.From, arrow.To)).ToHashSet();
        var picture = new StringBuilder("```mermaid\nflowchart TB\n");
        for (var floor = 0; floor < Floors.Length; floor++)
        {
            picture.Append(CultureInfo.InvariantCulture, $"  subgraph floor{Floors.Length - floor}[ ]\n    direction LR\n");
            foreach (var room in Floors[floor])
                picture.Append(CultureInfo.InvariantCulture, $"    {room}\n");
            picture.Append("  end\n");
        }

        foreach (var (from, to) in knows.Where(arrow => !knows.Any(way => way.From == arrow.From && way.To != arrow.To && Leads(knows, way.To, arrow.To))).Order())
            picture.Append(CultureInfo.InvariantCulture, $"  {from} --> {to}\n");
        return picture.Append("```\n").ToString();
    }

    private static bool Leads(HashSet<(string From, string To)> knows, string from, string to) =>
        FloorOf(from) < FloorOf(to) && knows.Any(arrow => arrow.From == from && (arrow.To == to || Leads(knows, arrow.To, to)));

    private static int FloorOf(string room) => Array.FindIndex(Floors, floor => floor.Contains(room));

    /// <summary>The first folder; what lies beside the folders is Program's.</summary>
    private static string RoomOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "Program";

    [GeneratedRegex(@"\bGrafeasBridge\.(?<room>[A-Z]\w*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Usings();

    [GeneratedRegex(@"(?<![\w.])(?<room>[A-Z]\w*)\.((?!GrafeasBridge)[A-Z]\w*\.)*(?<type>[A-Z]\w*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Qualified();

    [GeneratedRegex(@"^(internal|public) [\w ]*?(class|struct|record|enum|interface) (?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Declarations();
}
