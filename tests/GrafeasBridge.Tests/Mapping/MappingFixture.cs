using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Mapping;

/// <summary>The room as the service registers it, with settings on top of the built-in ones.</summary>
internal static class MappingFixture
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(
        TypeRegistry.FromFiles(GrafeasReflection.Descriptor, StructReflection.Descriptor)));

    public static OccurrenceMapping Open(params (string Key, string Value)[] settings)
    {
        using var services = Services(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Mapping:" + s.Key, (string?)s.Value)))
            .Build());
        return (OccurrenceMapping)services.GetRequiredService<IOccurrenceMapping>();
    }

    public static OccurrenceMapping Open(IConfiguration configuration)
    {
        using var services = Services(configuration);
        return (OccurrenceMapping)services.GetRequiredService<IOccurrenceMapping>();
    }

    /// <summary>Runs the checks of the start.</summary>
    /// <returns>The sentences with which the start is refused; none when it is not.</returns>
    public static IReadOnlyList<string> Refusals(params (string Key, string Value)[] settings)
    {
        using var services = Services(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Mapping:" + s.Key, (string?)s.Value)))
            .Build());
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }

    public static Occurrence Parse(string json) => Parser.Parse<Occurrence>(json);

    public static VersionResolution Resolve(string resource, params (string Key, string Value)[] settings) =>
        Open(settings).Resolve(new Occurrence { Name = "projects/p/occurrences/1", ResourceUri = resource });

    public static IReadOnlyList<MappedAttribute> Map(this IOccurrenceMapping mapping, IEnumerable<Occurrence> occurrences)
    {
        var fold = mapping.Begin();
        foreach (var occurrence in occurrences)
            fold.Add(occurrence);
        return fold.Finish();
    }

    /// <summary>Everything about attributes that can be compared, one line each.</summary>
    public static string Text(this IEnumerable<MappedAttribute> attributes) => string.Join(
        '\n',
        attributes.Select(a => $"{a.Name} {a.Type} [{string.Join(" | ", a.Values)}] {a.Rule} <- {a.SourceOccurrence} {a.SourceField} {a.Loss}"));

    public static string Text(this VersionResolution resolution) => string.Join(
        '\n',
        [
            $"{resolution.Resolver} {resolution.Reason}",
            .. resolution.Named.Select(n => $"named {n}"),
            .. resolution.ByDigest.Select(d => $"digest {d}"),
            .. resolution.DigestTags.Select(l => $"lesson {l}"),
            .. resolution.Commits.Select(c => $"commit {c}"),
        ]);

    private static ServiceProvider Services(IConfiguration configuration) =>
        new ServiceCollection().AddLogging().AddMapping(configuration).BuildServiceProvider();
}
