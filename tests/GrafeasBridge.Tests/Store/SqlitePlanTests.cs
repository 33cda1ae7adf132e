using System.Reflection;
using System.Text.RegularExpressions;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Store.Sqlite.Lists;

namespace GrafeasBridge.Tests.Store;

/// <summary>No command walks a table: with a million rows a page costs what it costs with ten.</summary>
public sealed partial class SqlitePlanTests : SqliteHouse
{
    [Fact]
    public void Every_command_of_the_store_finds_its_rows_by_an_index()
    {
        var commands = typeof(SqliteStore).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(Sql))
            .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", ((Sql)field.GetValue(null)!).Text))
            .Where(command => !Control().IsMatch(command.Text))
            .ToList();
        Assert.True(commands.Count > 60, "the fields are found");
        using var database = Stranger();
        var walks = commands.SelectMany(command => Walks(database, command.Text).Select(step => $"{command.Name}: {step}"));
        // A handful of rows: the keys of receipts are read every minute, targets once at the start.
        Assert.Equal(["SigningKeyRows.All: SCAN signing_keys", "TargetRows.DeactivateOthers: SCAN targets"], walks.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_page_of_versions_comes_in_the_order_of_an_index()
    {
        string?[] given = [null, "x"];
        var filters =
            from subject in given
            from repo in given
            from package in given
            from commit in given
            from digest in given
            from state in new DeliveryState?[] { null, DeliveryState.Parked }
            from projects in new IReadOnlyList<string>?[] { null, ["p"] }
            from states in new IReadOnlyList<DeliveryState>?[] { null, [DeliveryState.Parked, DeliveryState.Waiting] }
            select (Filter: new VersionFilter(null, subject, repo, package, state, commit, digest, projects), States: states);
        using var database = Stranger();
        foreach (var (filter, states) in filters)
        {
            var command = VersionSearch.Compose(filter, [1, 2], [], states);
            Assert.Empty(Walks(database, command.Text));
            if (filter is { Commit: null, Digest: null })
                Assert.DoesNotContain(Plan(database, command.Text), step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }

    }

    [Fact]
    public void Pages_and_claims_need_no_sorting()
    {
        using var database = Stranger();
        foreach (var command in new[]
        {
            Projects.Page, NoteIndexes.ByProject, NoteIndexes.ByKind, OccurrenceIndexes.ByNoteInProject, OccurrenceIndexes.ByKind,
            OccurrenceIndexes.ByResource, OccurrenceQueries.PageOfUnmapped, OccurrenceQueries.PartOfVersion, Claims.Ripe, Claims.Absurd, Claims.Newest, Claims.Oldest,
            Claims.PoisonCandidate, Claims.NextDue, Claims.CountReady, Claims.CountDue, Checks.Due, Checks.Absurd, TargetRows.KnownVersions,
            AgedOccurrences.InOrder, AgedOccurrences.LinksOf, FoldedVersions.Forget,
        })
        {
            Assert.DoesNotContain(Plan(database, command.Text), step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }

        Assert.Contains(Plan(database, Claims.CountDue.Text), step => step.Contains("COVERING INDEX version_due", StringComparison.Ordinal));
        Assert.Contains(Plan(database, Claims.CountReady.Text), step => step.Contains("COVERING INDEX version_ready", StringComparison.Ordinal));
        Assert.Contains(Plan(database, Claims.CountInState.Text), step => step.Contains("COVERING INDEX version_states", StringComparison.Ordinal));
    }

    [Fact]
    public void Filters_are_looked_up_in_indexes_without_touching_the_rows()
    {
        using var database = Stranger();
        foreach (var (command, index) in new[]
        {
            (OccurrenceIndexes.ByResource, "occurrences_of_resource"), (OccurrenceIndexes.ByResources, "occurrences_of_resource"),
            (OccurrenceIndexes.FromResource, "occurrences_of_resource"), (OccurrenceIndexes.ByKind, "occurrences_of_kind"),
            (OccurrenceIndexes.ByNoteInProject, "occurrences_of_note_in_project"), (NoteIndexes.ByKind, "notes_of_kind"),
        })
        {
            Assert.StartsWith($"SEARCH {(index.StartsWith("notes", StringComparison.Ordinal) ? "notes" : "occurrences")} USING COVERING INDEX {index} (", Assert.Single(Plan(database, command.Text)), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Walks(SqliteDatabase database, string text) =>
        Plan(database, text).Where(step => Walk().IsMatch(step));

    private static List<string> Plan(SqliteDatabase database, string text) => database.QueryText("explain query plan " + text, 3);

    /// <summary>A list of names given as JSON and a page already found are not tables.</summary>
    [GeneratedRegex("^SCAN (?!json_each|page\\b|CONSTANT)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Walk();

    [GeneratedRegex("^(begin|commit|rollback|savepoint|release)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Control();
}
