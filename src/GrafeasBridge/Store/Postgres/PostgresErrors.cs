using System.Net.Sockets;
using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>What PostgreSQL's errors mean to a caller: the one place where they become refusals.</summary>
internal static class PostgresErrors
{
    /// <summary>True when the transaction lost against another one and may simply be run again.</summary>
    public static bool IsCollision(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
    };

    /// <summary>True when the connection is gone, and with it whatever was not committed.</summary>
    public static bool IsLostConnection(Exception error) => error switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("08", StringComparison.Ordinal)
            || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or "57P05" or "25P03", // a session that did nothing for too long
        NpgsqlException { InnerException: IOException or SocketException } => true,
        ObjectDisposedException or IOException or SocketException => true,
        _ => false,
    };

    /// <returns>The refusal for a failure of the database or the way to it; null for an error of this program.</returns>
    public static StoreException? ToRefusal(Exception error) => error switch
    {
        StoreException refusal => refusal,
        PostgresException known => OfState(known),
        _ when IsLostConnection(error) => Unavailable("the connection to it was lost", error),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => Unavailable("it did not answer in time", error),
        NpgsqlException => Unavailable("it cannot be reached", error),
        _ => null,
    };

    /// <summary>The refusal for a commit that nobody answered: it may be stored or not.</summary>
    public static StoreException Unknown(Exception cause) => new(
        StoreFailure.Unavailable, "The connection to the database was lost while it stored this: whether it did is not known.", cause: cause);

    private static StoreException? OfState(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DiskFull => Unavailable("its disk is full", error),
        PostgresErrorCodes.TooManyConnections => Unavailable("it has no connection left", error),
        PostgresErrorCodes.ReadOnlySqlTransaction => Unavailable("it is read-only", error),
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => Unavailable("it did not answer in time", error),
        PostgresErrorCodes.InvalidCatalogName => Unavailable("there is no database of that name", error),
        PostgresErrorCodes.CharacterNotInRepertoire => new StoreException(
            StoreFailure.NotStorable, "a text holds a NUL character, which the database cannot keep", cause: error),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => Broken("its files are damaged", error),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => Broken("its tables are not those of this program", error),
        var state => OfClass(state[..2], error),
    };

    private static StoreException? OfClass(string type, PostgresException error) => type switch
    {
        "08" or "57" => Unavailable("it is stopping or starting", error),
        "28" => Unavailable("it does not let this user in", error),
        "40" => Unavailable("other writes came in between too often", error),
        "53" => Unavailable("it lacks the means", error),
        "58" or "F0" => Unavailable("it reports an input/output error", error),
        _ => null,
    };

    private static StoreException Unavailable(string why, Exception cause) =>
        new(StoreFailure.Unavailable, $"The database cannot be used now: {why}.", cause: cause);

    private static StoreException Broken(string why, Exception cause) =>
        new(StoreFailure.Broken, $"The database cannot be used: {why}. Restore it from a backup.", cause: cause);
}
