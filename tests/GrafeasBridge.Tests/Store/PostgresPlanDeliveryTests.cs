using System.Globalization;
using System.Text.RegularExpressions;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using Npgsql;

namespace GrafeasBridge.Tests.Store;

/// <summary>
/// No command of delivery, retention or the lists of versions walks a table or sorts one, whatever the values are and whether the planner
/// knows them (<c>custom</c>) or not (<c>generic</c>). The tables are full enough for a walk to look cheap nowhere.
/// </summary>
public sealed partial class PostgresPlanDeliveryTests : PostgresVersions
{
    private const int Many = 20_000;

    internal override IReadOnlyList<string> Targets => [Target, "mirror"];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await MakeVersionsAsync(Many, dirty: 2);
        await MakeVersionsAsync(Many, dirty: 3, package: "team/other", target: "mirror");
        await ExecuteAsync(
            """
            update versions set state = 5, ready = null, due_at = due_at + 1 where seq % 40 = 0 and ready is not null;
            update versions set state = 6, ready = null, due_at = null, check_at = null where seq % 41 = 0;
            insert into occurrences (project, note, kind, create_time, id, resource_uri, content_hash, content)
                select 1, 1, 2, i, i::text, 'x', '', '' from generate_series(1, 20000) i;
            insert into links (coordinate, project, occurrence, origin) select i, 1, i, 0 from generate_series(1, 20000) i;
            insert into unmapped (project, occurrence, reason) select 1, i, '' from generate_series(1, 20000) i;
            insert into packages (subject, repo, package) select 's' || i, 'r', 'p' from generate_series(1, 20000) i;
            insert into digests (digest) select 'sha256:' || i from generate_series(1, 20000) i;
            insert into digest_references (digest, package, untagged, occurrence, project) select i, 1, 0, i, 1 from generate_series(1, 20000) i;
            insert into lessons (digest, package, coordinate) select i, 1, i from generate_series(1, 20000) i;
            insert into commits (commit_id, occurrence) select i::text, i from generate_series(1, 20000) i;
            insert into folded (coordinate, occurrences, newest, state, state_sum) select i, 1, 1, '', 0 from generate_series(1, 20000) i;
            insert into folded_projects (coordinate, project) select i, 1 from generate_series(1, 20000) i;
            insert into folded_commits (commit_id, coordinate) select i::text, i from generate_series(1, 20000) i;
            insert into retired (seq, project, id, content_hash, create_time, retire_time) select i, 1, i::text, '', i, i from generate_series(1, 20000) i
            """);
        await ExecuteAsync("vacuum analyze");
    }

    [Fact]
    public async Task Every_command_finds_its_rows_by_an_index()
    {
        const string Text = "text", Number = "bigint", Int = "int", Texts = "text[]", Numbers = "bigint[]";
        const string Names = "'acme', 'images', 'team/web', '77'";
        var now = $"{Clock.GetUtcNow().UtcTicks}";
        await AssertIndexedAsync(Claims.Ripen, [Text, Number, Number, Int], $"'bintray', {now}, {now} + 1000, 256", "version_due");
        await AssertIndexedAsync(Claims.Take, [Text, Text, Number, Int, Int], "'bintray', 'l', 1, 50, 5", "version_ready");
        await AssertIndexedAsync(Claims.PoisonCandidate, [Text, Text, Number], "'bintray', 'l', 1", "version_suspects");
        await AssertIndexedAsync(Claims.NextDue, [Text], "'bintray'", "version_due");
        await AssertIndexedAsync(Deliveries.Intend, [Number, Text, Texts], "7, 'l', '{a}'", "versions_pkey");
        await AssertIndexedAsync(
            Deliveries.SettleVerified, [Number, Text, Number, Texts, Text, Text, Number, "bytea", Text, Number, Number],
            "7, 'l', 1, '{}', '', '', 1, null, null, null, null", "versions_pkey");
        await AssertIndexedAsync(
            Deliveries.SettleFailed, [Number, Text, Int, Texts, Text, Text, Number, Number], "7, 'l', 5, '{}', '', '', 1, 1", "versions_pkey");
        await AssertIndexedAsync(Deliveries.GiveBack, [Number, Text, Number], "7, 'l', 1", "versions_pkey");
        await AssertIndexedAsync(Deliveries.AgainByName, [Number, Text, Text, Text, Text, Text], $"1, 'bintray', {Names}", "version_identity");
        await AssertIndexedAsync(Deliveries.AgainInState, [Number, Numbers, "int[]"], "1, '{1,2,3}', '{1,1,1}'", "versions_pkey");
        await AssertIndexedAsync(Deliveries.LockRows, [Numbers], "'{1,2,3}'", "versions_pkey");
        await AssertIndexedAsync(Deliveries.ClearCrashCount, [Number, Number, Texts], "1, 1, '{}'", "versions_pkey");
        await AssertIndexedAsync(Deliveries.LastReadBack, [Text, Text, Text, Text, Text], $"'bintray', {Names}", "version_identity");
        await AssertIndexedAsync(Checks.Due, [Text, Number, Int], $"'bintray', {now}, 50", "version_checks");
        await AssertIndexedAsync(Checks.Absurd, [Text, Number, Int], $"'bintray', {now}, 50", "version_checks");
        await AssertIndexedAsync(
            Checks.Write, [Number, Int, Number, Number, Number, Int, Number, Text, Text, Text, Number],
            "7, 3, 1, 1, 1, 4, null, '', '', null, null", "versions_pkey");
        await AssertIndexedAsync(VersionRows.OfTarget, [Text, Text, Text, Text, Text], $"'bintray', {Names}", "version_identity");
        await AssertIndexedAsync(VersionRows.Occurrence, [Text, Text], "'ci', '7'", "occurrence_names");
        await AssertIndexedAsync(VersionRows.OfOccurrence, [Number, Texts], "7, '{bintray,mirror}'", "version_identity", "links_of_occurrence");
        await AssertIndexedAsync(VersionRows.OfDigest, [Text], "'sha256:7'", "lessons_pkey");
        await AssertIndexedAsync(VersionRows.OfDigestInPackage, [Text, Text, Text, Text], "'sha256:7', 'acme', 'images', 'team/web'", "lessons_pkey");
        await AssertIndexedAsync(FoldedVersions.OfVersion, [Text, Text, Text, Text], Names, "folded_pkey");
        await AssertIndexedAsync(FoldedVersions.CountOf, [Text, Text, Text, Text], Names, "folded_pkey");
        await AssertIndexedAsync(FoldedVersions.Forget, [Number, Int], "100, 10", "retired_times");
        await AssertIndexedAsync(AgedOccurrences.InOrder, [Number, Int], "0, 2000", "occurrences_pkey");
        await AssertIndexedAsync(AgedOccurrences.LinksOf, [Numbers], "'{1,2,3}'", "links_of_occurrence");
        await AssertIndexedAsync(AgedOccurrences.VerifiedRevisions, [Numbers, Texts], "'{1,2,3}', '{bintray}'", "version_identity");
        await AssertIndexedAsync(AgedOccurrences.ContentsOf, [Numbers], "'{1,2,3}'", "occurrences_pkey");
        await AssertIndexedAsync(AgedOccurrences.NamesOf, [Numbers], "'{1,2,3}'", "coordinates_pkey");
        await AssertIndexedAsync(Retirements.LockDigests, [Numbers], "'{1,2,3}'", "digests_pkey", "references_of_occurrence");
        await AssertIndexedAsync(Retirements.LockOccurrences, [Numbers], "'{1,2,3}'", "occurrences_pkey");
        await AssertIndexedAsync(Retirements.LockVersions, [Numbers], "'{1,2,3}'", "version_identity");
    }

    /// <summary>What is counted is read; the many that rest are not.</summary>
    [Fact]
    public async Task The_backlog_is_counted_without_a_look_at_what_rests()
    {
        await ExecuteAsync("update versions set state = 3, ready = null, due_at = null, dirty_since = null where seq % 20 <> 0");
        await ExecuteAsync("vacuum analyze");
        await AssertIndexedAsync(Claims.Count, ["text"], "'bintray'", "version_ready", "version_due", "version_suspects", "version_states");
    }

    [Fact]
    public async Task Every_page_of_versions_comes_in_the_order_of_an_index()
    {
        string?[] given = [null, "x"];
        var filters =
            from subject in given
            from repo in given
            from package in given
            from version in given
            from commit in given
            from digest in given
            from projects in new IReadOnlyList<string>?[] { null, ["p"] }
            from target in new[] { null, Target }
            select new VersionFilter(target, subject, repo, package, null, commit, digest, projects, version);
        await using var stranger = await StrangerAsync();
        foreach (var filter in filters)
        {
            foreach (var mode in (string[])["force_generic_plan", "force_custom_plan"])
            {
                var plan = await ExplainAsync(stranger, VersionSearch.Compose(VersionProposal.Of(filter, Targets), 5, 50), mode);
                Assert.DoesNotMatch(Walk(), plan);
                if (filter is { Commit: null, Digest: null })
                    Assert.Contains(ArmOf(filter), plan, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The cost of a page is that of its rows, wherever it begins.</summary>
    [Fact]
    public async Task A_page_reads_no_more_at_the_end_than_at_the_beginning()
    {
        await using var stranger = await StrangerAsync();
        foreach (var filter in (VersionFilter[])[new(), new(Target), new(Target, State: DeliveryState.Parked), new(Target, "acme", "images", "team/web")])
        {
            var proposal = VersionProposal.Of(filter, Targets);
            var first = await BuffersAsync(stranger, VersionSearch.Compose(proposal, 0, 50));
            var last = await BuffersAsync(stranger, VersionSearch.Compose(proposal, Many - 2500, 50));
            Assert.InRange(last, 1, (first * 2) + 50);
            Assert.InRange(first, 1, 1500);
        }
    }

    private static string ArmOf(VersionFilter filter) => filter switch
    {
        { Subject: not null, Repo: not null, Package: not null, Version: not null } => "version_identity",
        { Subject: not null, Repo: not null, Package: not null } => "version_packages",
        _ => "version_states",
    };

    private async Task AssertIndexedAsync(string text, string[] types, string values, params string[] indexes)
    {
        await using var stranger = await StrangerAsync();
        foreach (var mode in (string[])["force_generic_plan", "force_custom_plan"])
        {
            await RunAsync(stranger, $"set plan_cache_mode = {mode}; prepare one ({string.Join(", ", types)}) as {text}");
            var plan = await LinesAsync(stranger, $"explain execute one ({values})");
            await RunAsync(stranger, "deallocate one");
            Assert.False(Walk().IsMatch(plan), $"{mode}:\n{plan}");
            foreach (var index in indexes)
                Assert.Contains(index, plan, StringComparison.Ordinal);
        }
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, ComposedSql sql, string mode)
    {
        await RunAsync(connection, $"set plan_cache_mode = {mode}");
        return await LinesAsync(connection, sql, "explain ");
    }

    private static async Task<int> BuffersAsync(NpgsqlConnection connection, ComposedSql sql)
    {
        var plan = await LinesAsync(connection, sql, "explain (analyze, buffers, costs off) ");
        var read = Buffers().Match(plan);
        return (int.TryParse(read.Groups["hit"].Value, CultureInfo.InvariantCulture, out var hit) ? hit : 0) + (int.TryParse(read.Groups["read"].Value, CultureInfo.InvariantCulture, out var missed) ? missed : 0);
    }

    private static async Task<string> LinesAsync(NpgsqlConnection connection, ComposedSql sql, string before)
    {
        var session = new PostgresSession(connection, new StoreClock(TimeProvider.System, follows: false), [], Stop);
        return string.Join('\n', await sql.On(session, before).AllAsync(static row => row.Text(0)));
    }

    private static async Task<string> LinesAsync(NpgsqlConnection connection, string text)
    {
        var lines = new List<string>();
        await using var command = new NpgsqlCommand(text, connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    /// <summary>The few targets and projects may be walked.</summary>
    [GeneratedRegex("Seq Scan on (?!targets|project_names|note_names)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Walk();

    [GeneratedRegex(@"Buffers: shared( hit=(?<hit>\d+))?( read=(?<read>\d+))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Buffers();
}
