namespace GrafeasBridge.Store.Postgres;

/// <summary>What bridges have learned about targets. Each keeps what it found last: a bridge that starts begins with that.</summary>
internal static class LearnedRows
{
    private const string Find = "select learned from targets where name = $1 and learned is not null";

    private const string Keep = "update targets set learned = $2 where name = $1";

    public static Task<string?> FindAsync(PostgresSession session, string target) =>
        session.Use(Find).Add(target).FirstAsync(static row => row.Text(0));

    public static Task<int> KeepAsync(PostgresSession session, string target, string learned) =>
        session.Use(Keep).Add(target).Add(learned).RunAsync();
}
