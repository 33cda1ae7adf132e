using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Store.Sqlite;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Store;

/// <summary>
/// Registers <see cref="IBridgeStore"/>. The host registers <see cref="ConfiguredTargets"/> and <see cref="TimeProvider"/>, calls
/// <see cref="IBridgeStore.OpenAsync"/> before it listens, and disposes its services last.
/// </summary>
internal static class StoreServices
{
    internal static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StoreOptions>().Bind(configuration.GetSection(StoreOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>();
        services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsRules>();
        services.AddSingleton<SqliteStore>();
        services.AddSingleton<PostgresStore>();
        services.AddSingleton(ConfiguredStore);
        return services;
    }

    /// <summary>The store of <c>Store:Provider</c>, whatever else is registered as the store.</summary>
    internal static IBridgeStore ConfiguredStore(this IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<StoreOptions>>().Value.Provider == StoreOptions.Postgres
            ? provider.GetRequiredService<PostgresStore>()
            : provider.GetRequiredService<SqliteStore>();
}
