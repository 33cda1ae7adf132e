using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.Tests.Support.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Store;

/// <summary>One kind of database under the contract tests. Every store that it opens sees the same data.</summary>
internal abstract class StoreBackend : IAsyncDisposable
{
    private readonly List<ServiceProvider> opened = [];

    protected abstract ValueTask<IEnumerable<KeyValuePair<string, string?>>> SettingsAsync();

    /// <summary>Opens a store through the room's own registration.</summary>
    public async Task<IBridgeStore> OpenAsync(
        TimeProvider clock, ILoggerFactory logs, IReadOnlyList<string> targets, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(await SettingsAsync()).AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection()
            .AddSingleton(clock)
            .AddSingleton(logs)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddSingleton(new TargetNames(targets))
            .AddStore(configuration)
            .BuildServiceProvider();
        opened.Add(services);
        var store = services.GetRequiredService<IBridgeStore>();
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }

    /// <summary>Closes every store that is open; the data stay.</summary>
    public async Task CloseAsync()
    {
        foreach (var services in opened)
            await services.DisposeAsync();
        opened.Clear();
    }

    public virtual async ValueTask DisposeAsync() => await CloseAsync();
}

/// <summary>A file in a directory of its own.</summary>
internal sealed class SqliteBackend : StoreBackend
{
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("store-");

    public string File => Path.Combine(Folder.FullName, "data", "bridge.db");

    protected override ValueTask<IEnumerable<KeyValuePair<string, string?>>> SettingsAsync() => new([new("Store:Path", File)]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Folder.Delete(recursive: true);
    }
}

/// <summary>A schema of its own in the PostgreSQL that the tests share. Time is the test's, as for the embedded store.</summary>
internal sealed class PostgresBackend : StoreBackend
{
    private PostgresServer? server;
    private string? schema;

    /// <summary>Somebody else's connection to the same tables.</summary>
    public Task<Npgsql.NpgsqlConnection> StrangerAsync() => server!.ConnectAsync(schema: schema);

    protected override async ValueTask<IEnumerable<KeyValuePair<string, string?>>> SettingsAsync()
    {
        NeedsAttribute.Check(Need.Postgres);
        server ??= await PostgresServer.SharedAsync();
        schema ??= await server.NewSchemaAsync();
        return [.. server.Settings(schema), new("Store:DatabaseTime", "false"), new("Store:MaxConnections", "8")];
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (schema is not null)
            await server!.ExecuteAsync($"drop schema {schema} cascade");
    }
}
