using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.Tests.Support.Postgres;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GrafeasBridge.Tests.Admin;

/// <summary>An empty room on PostgreSQL, and stores that are opened in it.</summary>
[Needs(Need.Postgres)]
[OwnStore]
public abstract class PostgresHouse : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private ILoggerFactory? factory;

    internal PostgresServer Server { get; private set; } = null!;

    internal string Schema { get; private set; } = "";

    internal string[] Settings => [.. Server.Settings(Schema).Select(setting => $"--{setting.Key}={setting.Value}")];

    internal TestLogs Logs => logs;

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        NeedsAttribute.Check(Need.Postgres);
        Server = await PostgresServer.SharedAsync();
        Schema = await Server.NewSchemaAsync();
        factory = logs.Factory();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.ExecuteAsync($"drop schema {Schema} cascade");
        factory?.Dispose();
        logs.Dispose();
        GC.SuppressFinalize(this);
    }

    internal async Task<PostgresStore> OpenAsync(string database = "bridge", string? schema = null)
    {
        var connection = Server.ConnectionString(schema ?? Schema).Replace("Database=bridge", $"Database={database}", StringComparison.Ordinal);
        var options = Options.Create(new StoreOptions { Provider = "Postgres", Connection = connection, PasswordFile = Server.PasswordFile, MaxConnections = 8 });
        var store = new PostgresStore(options, new TargetNames(["bintray"]), TimeProvider.System, factory!.CreateLogger<PostgresStore>());
        try
        {
            await store.OpenAsync(Stop);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    internal Task<NpgsqlConnection> ConnectAsync() => Server.ConnectAsync(schema: Schema);

    internal static PostgresSession Session(NpgsqlConnection connection) =>
        new(connection, new StoreClock(TimeProvider.System, follows: false), [], Stop);

    internal async Task<long> NumberAsync(string query) => Convert.ToInt64(await Server.ExecuteAsync(query, schema: Schema), System.Globalization.CultureInfo.InvariantCulture);
}
