using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>One connection in use, for as long as one verb lasts.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection, StoreClock clock, string[] targets, CancellationToken cancellationToken)
{
    public NpgsqlConnection Connection => connection;

    public StoreClock Clock => clock;

    /// <summary>As the database counts it.</summary>
    public DateTimeOffset Now => clock.Now;

    /// <summary>Names of the targets that this bridge is configured with.</summary>
    public string[] Targets => targets;

    public CancellationToken Cancelled => cancellationToken;

    /// <summary>Targets at which something has become due; their workers are woken after the commit.</summary>
    public HashSet<string> Woken { get; } = new(StringComparer.Ordinal);

    /// <summary>A command whose text is fixed: Npgsql prepares it when it is used again. Values are added in order of $1, $2.</summary>
    public PostgresCommand Use(string sql) => new(new NpgsqlCommand(sql, connection), cancellationToken);
}
