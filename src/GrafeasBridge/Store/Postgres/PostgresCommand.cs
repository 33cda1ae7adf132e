using Npgsql;
using NpgsqlTypes;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Takes values in order of $1, $2. Times are UTC ticks, as everywhere in the tables.</summary>
internal abstract class PostgresValues<TSelf>
    where TSelf : PostgresValues<TSelf>
{
    protected abstract NpgsqlParameterCollection Parameters { get; }

    public TSelf Add(long value) => With(new NpgsqlParameter<long> { TypedValue = value });

    public TSelf Add(int value) => With(new NpgsqlParameter<int> { TypedValue = value });

    public TSelf Add(bool value) => With(new NpgsqlParameter<bool> { TypedValue = value });

    public TSelf Add(long? value) => value is { } number ? Add(number) : AddNull(NpgsqlDbType.Bigint);

    public TSelf Add(DateTimeOffset value) => Add(value.UtcTicks);

    public TSelf Add(DateTimeOffset? value) => Add(value?.UtcTicks);

    public TSelf Add(string? value) => With(new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });

    public TSelf Add(byte[]? value) => With(new NpgsqlParameter<byte[]?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea });

    public TSelf Add(long[] values) => Array(values, NpgsqlDbType.Bigint);

    public TSelf Add(long?[] values) => Array(values, NpgsqlDbType.Bigint);

    public TSelf Add(int[] values) => Array(values, NpgsqlDbType.Integer);

    public TSelf Add(string?[] values) => Array(values, NpgsqlDbType.Text);

    public TSelf Add(byte[]?[] values) => Array(values, NpgsqlDbType.Bytea);

    private TSelf Array<T>(T[] values, NpgsqlDbType type) =>
        With(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });

    private TSelf AddNull(NpgsqlDbType type) => With(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });

    private TSelf With(NpgsqlParameter parameter)
    {
        Parameters.Add(parameter);
        return (TSelf)this;
    }
}

/// <summary>A command and its values.</summary>
internal sealed class PostgresCommand(NpgsqlCommand command, CancellationToken cancellationToken) : PostgresValues<PostgresCommand>
{
    protected override NpgsqlParameterCollection Parameters => command.Parameters;

    /// <returns>How many rows it changed.</returns>
    public async Task<int> RunAsync()
    {
        await using (command)
            return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row, or null when there is none or it is NULL.</summary>
    public async Task<long?> NumberAsync()
    {
        await using (command)
        {
            return await command.ExecuteScalarAsync(cancellationToken) switch
            {
                null or DBNull => null,
                long number => number,
                int number => number,
                var other => throw new InvalidOperationException($"The command gave a {other.GetType().Name}."),
            };
        }
    }

    public async Task<List<T>> AllAsync<T>(Func<PostgresRow, T> read)
    {
        var found = new List<T>();
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var row = new PostgresRow(reader);
            while (await reader.ReadAsync(cancellationToken))
                found.Add(read(row));
        }

        return found;
    }

    /// <returns>What is made of the first row; null without one.</returns>
    public async Task<T?> FirstAsync<T>(Func<PostgresRow, T> read)
        where T : class
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? read(new PostgresRow(reader)) : null;
        }
    }
}

/// <summary>The row at which a reader stands.</summary>
internal readonly struct PostgresRow(NpgsqlDataReader reader) : IStoredRow
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Number(int column) => reader.GetFieldType(column) == typeof(int) ? reader.GetInt32(column) : reader.GetInt64(column);

    public string Text(int column) => reader.GetString(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);
}
