using System.Globalization;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Npgsql;

namespace GrafeasBridge.Tests.Store;

/// <summary>Tests on rows of versions that are written by the thousand, not by way of occurrences.</summary>
[Needs(Need.Postgres)]
public abstract class PostgresVersions : StoreContract
{
    private protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    internal override StoreBackend NewBackend() => new PostgresBackend();

    internal Task<NpgsqlConnection> StrangerAsync() => ((PostgresBackend)Backend).StrangerAsync();

    /// <summary>Another bridge on the same tables.</summary>
    internal Task<IBridgeStore> AnotherAsync(TimeProvider? clock = null, params IEnumerable<KeyValuePair<string, string?>> settings) =>
        Backend.OpenAsync(clock ?? Clock, Factory, Targets, settings);

    /// <summary>Makes versions 1 to <paramref name="count"/> of one package, each dirty a tick after the one before.</summary>
    /// <param name="dirty">Only each so many-th is dirty; the others are verified.</param>
    internal async Task MakeVersionsAsync(int count, int dirty = 1, string package = "team/web", string target = Target)
    {
        await using var stranger = await StrangerAsync();
        await using var command = new NpgsqlCommand(
            """
            with p as (insert into packages (subject, repo, package) values ('acme', 'images', $5) returning key),
            c as (insert into coordinates (package, version) select p.key, i::text from p, generate_series(1, $1) i order by i returning key, package, version::bigint as i)
            insert into versions (target, coordinate, package, state, revision, settled, attempts, due_at, ready, dirty_since, update_time,
                verified_time, check_at, owned, outcome, reason, trace_parent)
            select t.key, c.key, c.package, case when d.is then 1 else 3 end, 1, case when d.is then 0 else 1 end, 0,
                case when d.is then $2 + i end, case when d.is then $2 + i end, case when d.is then $2 + i end, $2,
                case when not d.is then $2 end, case when not d.is then $2 + i end, '[]', '', '', 'trace'
            from c cross join targets t cross join lateral (select i % $3 = 0 as is) d where t.name = $4 order by i
            """,
            stranger)
        {
            CommandTimeout = 120,
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = count },
                new NpgsqlParameter<long> { TypedValue = Clock.GetUtcNow().UtcTicks - TimeSpan.TicksPerHour },
                new NpgsqlParameter<int> { TypedValue = dirty },
                new NpgsqlParameter<string> { TypedValue = target },
                new NpgsqlParameter<string> { TypedValue = package },
            },
        };
        Assert.Equal(count, await command.ExecuteNonQueryAsync(Stop));
        await ExecuteAsync("update targets set active = 1; analyze");
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var stranger = await StrangerAsync();
        await using var command = new NpgsqlCommand(sql, stranger) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(Stop);
    }

    internal async Task<long> NumberAsync(string sql)
    {
        await using var stranger = await StrangerAsync();
        await using var command = new NpgsqlCommand(sql, stranger);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Stop), CultureInfo.InvariantCulture);
    }
}
