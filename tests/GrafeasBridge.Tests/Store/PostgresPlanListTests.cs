using System.Text.Json;
using System.Text.RegularExpressions;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Store.Postgres.Lists;
using GrafeasBridge.Tests.Support;
using Npgsql;

namespace GrafeasBridge.Tests.Store;

/// <summary>
/// A page of a list, and a claim, read as many pages of the database from a small store as from one ten times as large. What is compared is
/// counted by PostgreSQL itself, so no clock has a say. With GRAFEASBRIDGE_PROPERTY_FACTOR=10 it is 10,000 against 1,000,000 rows.
/// </summary>
public sealed partial class PostgresPlanListTests : PostgresVersions
{
    private const int Small = 10_000;
    private const int Page = 20;

    // An index of ten or a hundred times the entries is a level deeper, for each of the few rows that are looked up.
    private const int Slack = 3 * Page;

    private static readonly Dictionary<string, Condition> Conditions = new()
    {
        ["everything"] = new Condition.Always(),
        ["a kind"] = new Condition.CompareNumber(Column.Kind, Comparison.Equal, 2),
        ["a resource"] = Resource("https://r.example/7"),
        ["one of two resources"] = new Condition.Any([Resource("https://r.example/7"), Resource("https://r.example/9")]),
        ["a note"] = new Condition.CompareText(Column.NoteId, Comparison.Equal, "rare"),
        ["a prefix that few have"] = new Condition.StartsWith(Column.ResourceUri, "https://rare.example/"),
    };

    [Fact]
    public async Task A_page_and_a_claim_cost_the_same_however_much_is_stored()
    {
        await FillAsync(0, Small);
        await MakeVersionsAsync(Small);
        var small = await MeasureAsync();
        var many = (int)PropertyRuns.Of(Small * 10);
        await FillAsync(Small, many);
        await MakeVersionsAsync(many, package: "team/many");
        var large = await MeasureAsync();
        foreach (var (what, pages) in small)
        {
            TestContext.Current.SendDiagnosticMessage($"{what}: {pages} pages of the database, then {large[what]}");
            Assert.True(large[what] <= pages + Slack, $"{what} read {pages} pages of the database of a small store, {large[what]} of a large one");
        }
    }

    [Fact]
    public async Task A_project_with_little_is_not_searched_for_among_the_rows_of_one_with_much()
    {
        await FillAsync(0, Small * 4);
        await ExecuteAsync("insert into project_names (name) values ('little'); update occurrences set project = 2 where seq % 4000 = 0");
        await ExecuteAsync("vacuum analyze");
        await using var stranger = await StrangerAsync();
        Assert.InRange(await PagesAsync(stranger, ListSource.Occurrences(2), new Condition.Always()), 1, 100);
    }

    private static Condition.CompareText Resource(string value) => new(Column.ResourceUri, Comparison.Equal, value);

    private async Task<Dictionary<string, long>> MeasureAsync()
    {
        await ExecuteAsync("vacuum analyze");
        await using var stranger = await StrangerAsync();
        var found = new Dictionary<string, long>();
        foreach (var (what, condition) in Conditions)
            found[what] = await PagesAsync(stranger, ListSource.Occurrences(1), condition);
        found["a list of a note"] = await PagesAsync(stranger, ListSource.OccurrencesOfNote(2, null), new Condition.Always());
        found["a claim"] = await ClaimAsync(stranger);
        return found;
    }

    private static async Task<long> PagesAsync(NpgsqlConnection connection, ListSource source, Condition condition)
    {
        var session = new PostgresSession(connection, new StoreClock(TimeProvider.System, follows: false), [], Stop);
        var scan = new ListScan(session, source, new ListQuery(condition, 0, Page));
        var command = condition is Condition.StartsWith ? scan.ComposeRange() : (await scan.ComposeWindowAsync(condition is Condition.Always ? Page : 8192))!.Value.Command;
        return await ExplainAsync(command.On(session, "explain (analyze, buffers, format json) "));
    }

    private async Task<long> ClaimAsync(NpgsqlConnection connection)
    {
        var session = new PostgresSession(connection, new StoreClock(Clock, follows: false), [], Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        var pages = await ExplainAsync(
            session.Use("explain (analyze, buffers, format json) " + Claims.Take).Add(Target).Add("lease").Add(Clock.GetUtcNow()).Add(Page).Add(2));
        await transaction.RollbackAsync(Stop);
        return pages;
    }

    private static async Task<long> ExplainAsync(PostgresCommand command)
    {
        var text = string.Concat(await command.AllAsync(static row => row.Text(0)));
        using var plan = JsonDocument.Parse(text);
        Assert.DoesNotMatch(Walk(), text);
        var top = plan.RootElement[0].GetProperty("Plan");
        return top.GetProperty("Shared Hit Blocks").GetInt64() + top.GetProperty("Shared Read Blocks").GetInt64();
    }

    [GeneratedRegex("\"Node Type\": \"Seq Scan\"[^{}]*\"Relation Name\": \"(occurrences|versions)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Walk();

    /// <summary>Every 1,000th row points at a note that is rare; a resource is shared by a few, a prefix by the first 300.</summary>
    private async Task FillAsync(int from, int count) => await ExecuteAsync(FormattableString.Invariant(
        $"""
        insert into project_names (name) select 'ci' where not exists (select 1 from project_names);
        insert into note_names (project, id) select 1, id from unnest(array['common', 'rare']) id where not exists (select 1 from note_names);
        insert into occurrences (project, note, kind, create_time, id, resource_uri, content_hash, content)
            select 1, case when i % 1000 = 0 then 2 else 1 end, 2, i, i::text,
            case when i <= 300 then 'https://rare.example/' else 'https://r.example/' end || (i % {(from + count) / 10}), '', ''
            from generate_series({from} + 1, {from} + {count}) i
        """));
}
