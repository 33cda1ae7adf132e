using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using Npgsql;

namespace GrafeasBridge.Admin.Copying;

/// <summary>A store on PostgreSQL that a copy creates.</summary>
internal sealed class PostgresDestination(StoreOptions options) : PostgresEnd(options), ICopyDestination
{
    private const string Alone = "select pg_advisory_lock(hashtextextended('grafeasbridge copy ' || current_schema(), 0))";

    private const string FindMark = $"select 1 from pg_tables where schemaname = current_schema() and tablename = '{UnfinishedCopy.Table}'";

    // Columns that are smallint in PostgreSQL; SQLite has one integer type.
    private const string Integers =
        """
        select table_name || '.' || column_name from information_schema.columns
        where table_schema = current_schema() and data_type = 'integer'
        """;

    private HashSet<string> integers = [];

    public async Task<bool> OpenAsync(IReadOnlyList<StoreTable> tables, string source, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        await TakeTurnAsync(cancellationToken);
        var session = Session(cancellationToken);
        var goesOn = await session.Use(FindMark).NumberAsync() is not null;
        if (goesOn)
        {
            StoreCopy.RequireSame(Name, await session.Use($"select source from {UnfinishedCopy.Table}").FirstAsync(static row => row.Text(0)), source);
            var version = await session.Use($"select max(version) from {PostgresMigrations.Journal}").NumberAsync();
            StoreCopy.RequireVersion(Name, (int)(version ?? 0), PostgresSchema.Steps.Count);
        }
        else
        {
            await PostgresMigrations.RunAsync(session, PostgresSchema.Steps);
            await MarkAsync(tables, source, cancellationToken);
        }

        integers = [.. await session.Use(Integers).AllAsync(static row => row.Text(0))];
        return goesOn;
    }

    public async Task<object?[]?> LastKeyAsync(StoreTable table, CancellationToken cancellationToken)
    {
        var descending = string.Join(", ", table.Columns.Take(table.KeyLength).Select(column => column.Name + " desc"));
        var found = await Session(cancellationToken).Use($"select {table.Names} from {table.Name} order by {descending} limit 1").FirstAsync(row => Row(row, table));
        return found?[..table.KeyLength];
    }

    public async Task WriteAsync(StoreTable table, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        bool[] narrow = [.. table.Columns.Select(column => integers.Contains($"{table.Name}.{column.Name}"))];
        await using var transaction = await Connection.BeginTransactionAsync(cancellationToken);
        await using (var import = await Connection.BeginBinaryImportAsync($"copy {table.Name} ({table.Names}) from stdin (format binary)", cancellationToken))
        {
            var values = new object?[narrow.Length];
            foreach (var row in rows)
            {
                for (var i = 0; i < values.Length; i++)
                    values[i] = narrow[i] && row[i] is long number ? checked((int)number) : row[i];
                await import.WriteRowAsync(cancellationToken, values);
            }

            await import.CompleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async Task SealAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken)
    {
        await RunAsync("begin", cancellationToken); // committed by FinishAsync
        await LockAsync(tables, cancellationToken);
    }

    public async Task FinishAsync(IReadOnlyList<StoreTable> tables, IReadOnlyDictionary<string, long> counters, CancellationToken cancellationToken)
    {
        foreach (var table in tables)
        {
            // Also where SQLite counts from the largest key that is there: a sequence of its own knows nothing of rows that were copied.
            if (table.KeyLength == 1 && table.Columns[0].Kind == ColumnKind.Number)
                await SetSequenceAsync(table, counters.GetValueOrDefault(table.Name), cancellationToken);
            await RunAsync($"analyze {table.Name}", cancellationToken);
        }

        await RunAsync($"drop table {UnfinishedCopy.Table}", cancellationToken);
        await RunAsync("commit", cancellationToken);
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(Alone, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new AdminException(AdminExit.NotReachable, $"Another copy into {Name} is running.");
        }
    }

    /// <summary>Under the lock of the migrations, so that a bridge that starts now finds either no row or the mark.</summary>
    private async Task MarkAsync(IReadOnlyList<StoreTable> tables, string source, CancellationToken cancellationToken)
    {
        await using var transaction = await Connection.BeginTransactionAsync(cancellationToken);
        var session = Session(cancellationToken);
        await RunAsync(PostgresMigrations.Lock, cancellationToken);
        foreach (var table in tables)
        {
            if (await session.Use($"select 1 where exists (select 1 from {table.Name})").NumberAsync() is not null)
                StoreCopy.RequireEmpty(Name, table);
        }

        await RunAsync($"create table {UnfinishedCopy.Table} (source text not null)", cancellationToken);
        await session.Use($"insert into {UnfinishedCopy.Table} (source) values ($1)").Add(source).RunAsync();
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task SetSequenceAsync(StoreTable table, long counter, CancellationToken cancellationToken)
    {
        var session = Session(cancellationToken);
        if (await session.Use("select 1 where to_regclass($1) is not null").Add(Sequence(table)).NumberAsync() is null)
            return; // its keys are those of other tables
        var key = table.Columns[0].Name;
        await session.Use($"select setval(to_regclass($1), greatest($2, (select max({key}) from {table.Name}), 1), greatest($2, (select max({key}) from {table.Name}), 0) > 0)")
            .Add(Sequence(table)).Add(counter).NumberAsync();
    }
}
