using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Commands that go to the database together, for the price of one way there and back. They run in order, each sees what those before it
/// did, and one that fails ends all.
/// </summary>
internal sealed class PostgresBatch(PostgresSession session) : PostgresValues<PostgresBatch>
{
    private readonly List<NpgsqlBatchCommand> commands = [];
    private readonly List<Action<PostgresRow>> readers = [];
    private NpgsqlBatchCommand? last;

    protected override NpgsqlParameterCollection Parameters => last!.Parameters;

    /// <summary>A command that gives no rows; its values are added next, in order of $1, $2.</summary>
    public PostgresBatch Do(string sql)
    {
        last = new NpgsqlBatchCommand(sql);
        commands.Add(last);
        return this;
    }

    /// <summary>A command whose rows are given to <paramref name="read"/>.</summary>
    public PostgresBatch Ask(string sql, Action<PostgresRow> read)
    {
        readers.Add(read);
        return Do(sql);
    }

    public async Task RunAsync()
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(session.Cancelled);
        var row = new PostgresRow(reader);
        foreach (var read in readers)
        {
            while (await reader.ReadAsync(session.Cancelled))
                read(row);
            await reader.NextResultAsync(session.Cancelled);
        }
    }
}
