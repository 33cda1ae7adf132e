using System.Runtime.CompilerServices;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using Npgsql;

namespace GrafeasBridge.Admin.Copying;

/// <summary>What both ends of a copy have in common on PostgreSQL: one connection, which waits as long as the work takes.</summary>
internal abstract class PostgresEnd(StoreOptions options) : ICopyEnd
{
    // Rows are read by the key's index as they are asked for, rather than all sorted first.
    private const string SessionSettings =
        """
        set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '10s';
        set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off
        """;

    private PostgresDatabase? database;
    private NpgsqlConnection? connection;

    public string Name => StoreName.Of(options);

    protected NpgsqlConnection Connection => connection!;

    public async Task<long> CountAsync(StoreTable table, CancellationToken cancellationToken) =>
        await Session(cancellationToken).Use($"select count(*) from {table.Name}").NumberAsync() ?? 0;

    public async Task<long> CounterAsync(StoreTable table, CancellationToken cancellationToken) =>
        await Session(cancellationToken).Use($"select last_value from {Sequence(table)} where is_called").NumberAsync() ?? 0;

    public async IAsyncEnumerable<object?[]> ReadAsync(
        StoreTable table, object?[]? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var marks = string.Join(", ", Enumerable.Range(1, table.KeyLength).Select(i => $"${i}"));
        var condition = after is null ? "" : $" where ({table.Key}) > ({marks})";
        await using var command = Command($"select {table.Names} from {table.Name}{condition} order by {table.Key}");
        foreach (var value in after ?? [])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return Row(new PostgresRow(reader), table);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ConnectAsync(CancellationToken cancellationToken)
    {
        database = new PostgresDatabase(options);
        connection = await database.OpenAsync(cancellationToken);
        await PostgresPromises.CheckAsync(Session(cancellationToken));
        await RunAsync(SessionSettings, cancellationToken);
    }

    protected PostgresSession Session(CancellationToken cancellationToken) =>
        new(Connection, new StoreClock(TimeProvider.System, follows: false), targets: [], cancellationToken);

    protected async Task RunAsync(string text, CancellationToken cancellationToken)
    {
        await using var command = Command(text);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Allows reads and blocks writes until the transaction ends.</summary>
    protected async Task LockAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync($"lock table {string.Join(", ", tables.Select(table => table.Name))} in share mode", cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable || PostgresErrors.IsCollision(e))
        {
            throw new AdminException(AdminExit.NotReachable, $"{Name} is being written to. Stop every bridge that uses it, and run the copy again.");
        }
    }

    protected static string Sequence(StoreTable table) => $"{table.Name}_{table.Columns[0].Name}_seq";

    private NpgsqlCommand Command(string text) => new(text, Connection) { CommandTimeout = 0 };

    protected static object?[] Row(PostgresRow from, StoreTable table)
    {
        var row = new object?[table.Columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = from.IsNull(i) ? null : table.Columns[i].Kind switch
            {
                ColumnKind.Number => from.Number(i),
                ColumnKind.Text => from.Text(i),
                _ => from.Bytes(i),
            };
        }

        return row;
    }
}

/// <summary>A store on PostgreSQL that is copied: a lock on its tables keeps writers out while bridges may read.</summary>
internal sealed class PostgresSource(StoreOptions options) : PostgresEnd(options), ICopySource
{
    public async Task OpenAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        var version = await PostgresMigrations.VersionAsync(Session(cancellationToken), PostgresSchema.Steps.Count);
        StoreCopy.RequireVersion(Name, version, PostgresSchema.Steps.Count);
        await RunAsync("begin", cancellationToken); // ended with the connection
        await LockAsync(tables, cancellationToken);
    }
}
