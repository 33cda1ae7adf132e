using Microsoft.Extensions.Options;

namespace GrafeasBridge.Mapping;

/// <summary>Registers this room.</summary>
internal static class MappingServices
{
    internal const string DefaultSettings = "GrafeasBridge.Mapping.default-settings.json";

    /// <summary>Registers <see cref="IOccurrenceMapping"/>. The start fails when a resolver or the mapping table cannot be used.</summary>
    internal static IServiceCollection AddMapping(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MappingOptions>()
            .Configure(options => WithDefaults(configuration).GetSection(MappingOptions.Section).Bind(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<MappingOptions>, MappingOptionsValidator>();
        services.AddSingleton<IValidateOptions<MappingOptions>, MappingOptionsRules>();
        services.AddSingleton<IOccurrenceMapping, OccurrenceMapping>();
        return services;
    }

    /// <summary>
    /// Puts the built-in rows under the user's: a row is changed setting by setting, and resolvers that the user adds join
    /// those that are there.
    /// </summary>
    internal static IConfiguration WithDefaults(IConfiguration configuration)
    {
        using var defaults = Resource(DefaultSettings);
        // Copied and not chained: a chained configuration hides settings that are empty, and empty means something here.
        var users = configuration.GetSection(MappingOptions.Section).AsEnumerable().Where(setting => setting.Value is not null);
        return new ConfigurationBuilder().AddJsonStream(defaults).AddInMemoryCollection(users).Build();
    }

    internal static Stream Resource(string name) =>
        typeof(MappingServices).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The program was built without its resource {name}.");
}
