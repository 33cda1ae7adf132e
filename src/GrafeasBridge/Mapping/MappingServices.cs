using Microsoft.Extensions.Options;

namespace GrafeasBridge.Mapping;

/// <summary>Registers this room.</summary>
internal static class MappingServices
{
    private const string DefaultSettings = "GrafeasBridge.Mapping.default-settings.json";

    /// <summary>Registers <see cref="IOccurrenceMapping"/>. The start fails when a resolver or the mapping table cannot be used.</summary>
    internal static IServiceCollection AddMapping(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MappingOptions>().Bind(WithDefaults(configuration).GetSection(MappingOptions.Section)).ValidateOnStart();
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
        return new ConfigurationBuilder().AddJsonStream(defaults).AddConfiguration(configuration).Build();
    }

    internal static Stream Resource(string name) =>
        typeof(MappingServices).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The program was built without its resource {name}.");
}
