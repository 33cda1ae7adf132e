using System.Net;
using System.Text;
using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Opens connections to PostgreSQL, set so that a commit returns only when it is on stable storage.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const int MaxPasswordBytes = 64 << 10;
    private readonly NpgsqlDataSource source;

    public PostgresDatabase(StoreOptions options)
    {
        var settings = Complete(options);
        Name = settings.Database!;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (options.PasswordFile.Length > 0)
        {
            // Asked for with every new connection: a password that was changed needs no restart.
            builder.UsePasswordProvider(
                _ => ReadPassword(options.PasswordFile), (_, _) => ValueTask.FromResult(ReadPassword(options.PasswordFile)));
        }

        source = builder.Build();
    }

    /// <summary>The database's name, which is no secret.</summary>
    public string Name { get; }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => source.OpenConnectionAsync(cancellationToken);

    /// <summary>Closes the connections that lie ready: after a restart of the database none of them works.</summary>
    public void ForgetIdle() => source.Clear();

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>What the operator's words leave open.</summary>
    internal static NpgsqlConnectionStringBuilder Complete(StoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.Connection) { MaxPoolSize = options.MaxConnections };
        // Npgsql would prefer TLS and go on without it, or without knowing whom it speaks to.
        if (!settings.ShouldSerialize("SSL Mode") && !IsHere(settings.Host!))
            settings.SslMode = SslMode.VerifyFull;
        if (!settings.ShouldSerialize("Application Name"))
            settings.ApplicationName = "grafeasbridge";
        settings.MaxAutoPrepare = 256;
        settings.AutoPrepareMinUsages = 2;
        settings.NoResetOnClose = true; // nothing here leaves anything behind in a session
        settings.KeepAlive = 15;
        settings.CommandTimeout = 30;
        settings.Timeout = 10;
        settings.IncludeErrorDetail = false; // it repeats what callers sent
        settings.Options = string.Join(
            ' ',
            settings.Options ?? "",
            "-c synchronous_commit=on -c timezone=UTC",
            // Every command here is short; what helpers would hand in comes in any order.
            "-c max_parallel_workers_per_gather=0 -c jit=off",
            // A bridge that was stopped in the middle of a transaction must not keep the others waiting for its locks.
            "-c idle_in_transaction_session_timeout=10s -c lock_timeout=10s -c statement_timeout=25s").Trim();
        return settings;
    }

    private static bool IsHere(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string ReadPassword(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxPasswordBytes)
                throw Unreadable(path, $"has {file.Length} bytes, at most {MaxPasswordBytes} are allowed");
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, "cannot be read", e);
        }
    }

    private static StoreException Unreadable(string path, string why, Exception? cause = null) =>
        new(StoreFailure.Unavailable, $"The database cannot be used now: Store:PasswordFile ({path}) {why}.", cause: cause);
}
