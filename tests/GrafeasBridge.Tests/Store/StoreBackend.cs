using GrafeasBridge.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Store;

/// <summary>One kind of database under the contract tests. Every store that it opens sees the same data.</summary>
internal abstract class StoreBackend : IAsyncDisposable
{
    private readonly List<ServiceProvider> opened = [];

    protected abstract IEnumerable<KeyValuePair<string, string?>> Settings { get; }

    /// <summary>Opens a store through the room's own registration.</summary>
    public async Task<IBridgeStore> OpenAsync(
        TimeProvider clock, ILoggerFactory logs, IReadOnlyList<string> targets, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings).AddInMemoryCollection(settings).Build();
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

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Store:Path", File)];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Folder.Delete(recursive: true);
    }
}
