using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Filtering;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Filtering;

/// <summary>Every case of v1.filter-match.json, asked of the messages that its fixture would have stored.</summary>
public sealed partial class MatchCasesTests
{
    private static readonly Dictionary<string, string> Names = new() { ["P"] = "p-one", ["P2"] = "p-two" };
    private static readonly List<Occurrence> Occurrences = [];
    private static readonly List<Note> Notes = [];

    private static readonly Dictionary<string, JsonNode> Cases = Load("v1.filter-match.json")["cases"]!.AsArray()
        .ToDictionary(one => (string)one!["id"]!, one => one!);

    static MatchCasesTests()
    {
        foreach (var step in Load("fixtures", "filters.json")["steps"]!.AsArray())
        {
            var request = step!["request"]!;
            var project = Filled((string)request["parent"]!);
            if (request["note"] is { } note)
                AddNote(Filled(note.ToJsonString()), $"{project}/notes/{(string)request["noteId"]!}");
            else
                AddOccurrence(Filled(request["occurrence"]!.ToJsonString()), project, (string)step["save"]!.AsObject().Single().Key);
        }
    }

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_filter_matches_what_the_case_says(string id)
    {
        Assert.Equal(14, Occurrences.Count);
        foreach (var step in Cases[id]["steps"]!.AsArray())
        {
            var request = step!["request"]!;
            var notes = ((string)step["rpc"]!).EndsWith("/ListNotes", StringComparison.Ordinal);
            var subject = notes ? FilterSubject.Notes : FilterSubject.Occurrences;
            var filter = Filled((string)request["filter"]!);
            if ((string?)step["expect"]!["code"] == "INVALID_ARGUMENT")
            {
                Assert.Throws<FilterException>(() => ListFilter.Compile(filter, subject, new FilterLimits()));
                continue;
            }

            var compiled = ListFilter.Compile(filter, subject, new FilterLimits());
            string[] found = notes
                ? [.. Notes.Where(n => IsIn(request, n.Name) && compiled.Matches(n)).Select(n => n.ShortDescription).Order()]
                : [.. Occurrences.Where(o => IsIn(request, o) && compiled.Matches(o)).Select(o => o.Remediation).Order()];
            Compare(step["expect"]!["fields"]!.AsObject(), found);
        }
    }

    private static void Compare(JsonObject expected, string[] found)
    {
        foreach ((var path, var wanted) in expected)
        {
            if (wanted!["$set"] is JsonArray set)
                Assert.Equal(set.Select(name => (string)name!).Order(), found);
            else if (wanted["$count"] is { } count)
                Assert.True(path == "occurrences" && found.Length >= (int)count!, path);
            else
                Assert.Equal("nextPageToken", path);
        }
    }

    private static bool IsIn(JsonNode request, Occurrence occurrence) => request["name"] is { } note
        ? occurrence.NoteName == Filled((string)note!)
        : IsIn(request, occurrence.Name);

    private static bool IsIn(JsonNode request, string name) =>
        name.StartsWith(Filled((string)request["parent"]!) + "/", StringComparison.Ordinal);

    private static void AddNote(string json, string name)
    {
        var note = JsonParser.Default.Parse<Note>(json);
        note.Name = name;
        note.Kind = Enum.Parse<NoteKind>(note.TypeCase.ToString());
        note.CreateTime = note.UpdateTime = Stored;
        Notes.Add(note);
    }

    private static void AddOccurrence(string json, string project, string saved)
    {
        var occurrence = JsonParser.Default.Parse<Occurrence>(json);
        occurrence.Name = Names[saved] = $"{project}/occurrences/{saved}-id";
        occurrence.Kind = OccurrenceKinds.Of(occurrence);
        occurrence.CreateTime = occurrence.UpdateTime = Stored;
        Occurrences.Add(occurrence);
    }

    private static Google.Protobuf.WellKnownTypes.Timestamp Stored => new() { Seconds = 1_700_000_000 };

    private static string Filled(string text) => Placeholder().Replace(text, match => Names[match.Groups["name"].Value]);

    private static JsonNode Load(params ReadOnlySpan<string> parts) =>
        JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf(["tests", "conformance", .. parts])))!;

    [GeneratedRegex(@"\$\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
