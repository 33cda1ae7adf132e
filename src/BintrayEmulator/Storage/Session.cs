using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>One open transaction and the time it began (Unix milliseconds).</summary>
/// <param name="historyLimit">How many entries of the history are kept; 0 for none.</param>
internal sealed class Session(SqliteConnection connection, SqliteTransaction transaction, long now, int historyLimit = 0)
{
    public long Now { get; } = now;

    public int HistoryLimit { get; } = historyLimit;

    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    public int Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The rows of a query, read whole.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(map(reader));

        return rows;
    }

    /// <summary>The first column of the first row, a number; 0 when there is none.</summary>
    public long Number(string sql, params (string Name, object Value)[] parameters) =>
        Query(sql, r => r.IsDBNull(0) ? 0 : r.GetInt64(0), parameters).FirstOrDefault();

    private SqliteCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);

        return command;
    }
}
