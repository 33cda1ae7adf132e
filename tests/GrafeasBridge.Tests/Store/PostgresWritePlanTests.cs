using System.Globalization;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Tests.Support;
using Npgsql;

namespace GrafeasBridge.Tests.Store;

/// <summary>
/// Commands of the create path look everything up by index, planned as their writer plans them: for any values, and maybe before statistics were made.
/// </summary>
[Needs(Need.Postgres)]
public sealed class PostgresWritePlanTests : StoreContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();

    private static TheoryData<string, string, string> Commands => new()
    {
        { GroupReading.FindNotes, "text[], text[]", "project_names_name_key note_names_ notes_name_key" },
        { GroupReading.FindRequests, "text[], text[]", "occurrence_requests unmapped_pkey" },
        { GroupReading.FindRetired, "text[], text[]", "retired_requests" },
        { GroupReading.FindTaken, "text[], text[]", "occurrence_names" },
        { NameCommands.FindProjects, "text[]", "project_names_name_key" },
        { NameCommands.MakePackages, "text[], text[], text[]", "package_names" },
        { NameCommands.FindPackages, "text[], text[], text[]", "package_names" },
        { NameCommands.MakeCoordinates, "text[], text[], text[], text[]", "package_names coordinate_names" },
        { NameCommands.FindCoordinates, "text[], text[], text[], text[]", "package_names coordinate_names" },
        { NameCommands.MakeDigests, "text[]", "digest_names" },
        { NameCommands.FindDigests, "text[]", "digest_names" },
        { Lessons.LockDigests, "bigint[]", "digests_pkey" },
        { Lessons.OfDigests, "bigint[]", "lessons_pkey" },
        { Lessons.LinkConcerned, "bigint[], bigint[], bigint[]", "digest_references_pkey" },
        { Lessons.LockStandIns, "bigint[], bigint[], bigint[]", "digest_references_pkey links_" },
        { Lessons.UnlinkStandIns, "bigint[], bigint[], bigint[]", "digest_references_pkey links_ references_of_occurrence" },
        { Lessons.MarkMapped, "bigint[], bigint[], bigint[]", "digest_references_pkey unmapped_pkey" },
        { VersionTable.Mark, "bigint[], text[], bigint, bigint, text[]", "version_identity" },
        { VersionTable.Make, "bigint[], text[], bigint, bigint, text[]", "coordinates_pkey version_identity" },
        { VersionTable.Lock, "bigint[], text[]", "version_identity" },
        { VersionTable.LockAt, "bigint[], bigint", "version_identity" },
        { VersionTable.MarkAt, "bigint[], text[], bigint, bigint, bigint", "version_identity" },
        { VersionTable.MakeAt, "bigint[], text[], bigint, bigint, bigint", "coordinates_pkey version_identity" },
        { Links.Remove, "bigint", "links_of_occurrence" },
        { Links.DigestsOf, "bigint", "references_of_occurrence" },
    };

    [Fact]
    public async Task Every_command_of_the_writer_finds_its_rows_by_index()
    {
        await using var stranger = await ((PostgresBackend)Backend).StrangerAsync();
        await RunAsync(stranger, PostgresWriter.Prepare);
        await RunAsync(stranger, Fill);
        await AssertAllAsync(stranger);
        await RunAsync(stranger, "analyze");
        await AssertAllAsync(stranger);
    }

    private static async Task AssertAllAsync(NpgsqlConnection connection)
    {
        foreach ((var command, var types, var indexes) in Commands.Select(row => row.Data))
            await AssertAsync(connection, command, types, indexes);
    }

    private static async Task AssertAsync(NpgsqlConnection connection, string command, string types, string indexes)
    {
        await RunAsync(connection, $"prepare looked_at ({types}) as {command}");
        var values = string.Join(", ", types.Split(", ").Select(type => type.EndsWith("[]", StringComparison.Ordinal) ? "'{}'" : "1"));
        var plan = await ExplainAsync(connection, $"explain execute looked_at ({values})");
        await RunAsync(connection, "deallocate looked_at");
        string[] scanned = [.. plan.Split('\n').Where(line => line.Contains("Seq Scan on", StringComparison.Ordinal) && !line.Contains("Seq Scan on targets", StringComparison.Ordinal))];
        string[] unused = [.. indexes.Split(' ').Where(index => !plan.Contains($" {index}", StringComparison.Ordinal))];
        Assert.True(
            scanned.Length == 0 && unused.Length == 0 && !plan.Contains("Join Filter", StringComparison.Ordinal),
            $"{command}\nmust use {indexes}; not used: {string.Join(' ', unused)}\n{plan}");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var lines = new List<string>();
        while (await reader.ReadAsync(Stop))
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private static readonly string Fill = string.Create(CultureInfo.InvariantCulture, $"""
        insert into project_names (name) select 'p' || i from generate_series(1, 2000) i;
        insert into note_names (project, id) select i % 2000 + 1, 'n' || i from generate_series(1, 20000) i;
        insert into notes (name, project, kind, content) select i, i % 2000 + 1, 2, '' from generate_series(1, 20000) i;
        insert into packages (subject, repo, package) select 's', 'r', 'p' || i from generate_series(1, 2000) i;
        insert into coordinates (package, version) select i % 2000 + 1, 'v' || i from generate_series(1, 20000) i;
        insert into digests (digest) select 'd' || i from generate_series(1, 20000) i;
        insert into lessons (digest, package, coordinate) select i, i % 2000 + 1, i from generate_series(1, 20000) i;
        insert into occurrences (project, note, kind, create_time, id, resource_uri, request_id, content_hash, content)
        select i % 2000 + 1, i, 2, i, 'o' || i, 'r', 'q' || i, '', '' from generate_series(1, 20000) i;
        insert into unmapped (project, occurrence, reason) select i % 2000 + 1, i, '' from generate_series(1, 20000) i;
        insert into links (coordinate, project, occurrence, origin) select i, i % 2000 + 1, i, 0 from generate_series(1, 20000) i;
        insert into digest_references (digest, package, untagged, occurrence, project)
        select i, i % 2000 + 1, 0, i, i % 2000 + 1 from generate_series(1, 20000) i;
        insert into retired (seq, project, id, request_id, content_hash, create_time, retire_time)
        select i, i % 2000 + 1, 'o' || i, 'q' || i, '', i, i from generate_series(1, 20000) i;
        insert into versions (target, coordinate, package, state, revision, settled, attempts, update_time, owned, outcome, reason)
        select 1, i, i % 2000 + 1, 3, 1, 1, 0, i, '[]', '', '' from generate_series(1, 20000) i
        """);
}
