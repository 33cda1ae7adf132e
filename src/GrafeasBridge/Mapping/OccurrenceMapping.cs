using Grafeas.V1;
using GrafeasBridge.Mapping.Folding;
using GrafeasBridge.Mapping.Resolving;
using GrafeasBridge.Mapping.Table;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Mapping;

/// <summary>6: the mapping of this configuration. Everything that can be wrong in it was found when it was made.</summary>
internal sealed partial class OccurrenceMapping : IOccurrenceMapping
{
    private readonly VersionResolver resolver;
    private readonly AttributeLimits limits;
    private readonly TableFingerprints definitions;

    /// <exception cref="MappingTableException">When the mapping table cannot be used.</exception>
    /// <exception cref="OptionsValidationException">When a resolver cannot be used.</exception>
    public OccurrenceMapping(IOptions<MappingOptions> options, ILogger<OccurrenceMapping> logger)
    {
        var settings = options.Value;
        var errors = new List<string>();
        var resolvers = ResolverFactory.Create(settings.Resolvers, errors);
        if (errors.Count > 0)
            throw new OptionsValidationException(MappingOptions.Section, typeof(MappingOptions), errors);
        var file = MappingTableFile.Load(settings.File);
        Table = MappingTableBuilder.Build(file, new Readers(resolvers));
        definitions = new TableFingerprints(Table);
        resolver = new VersionResolver(resolvers, settings.MaxArtifacts);
        limits = new AttributeLimits(settings.MaxValues, settings.MaxValueLength);
        Log.MappingReady(logger, file.Source, Table.Rows.Count, resolvers.Resolvers.Count);
    }

    /// <summary>For documentation.</summary>
    public MappingTable Table { get; }

    public VersionResolution Resolve(Occurrence occurrence) => resolver.Resolve(occurrence);

    public Func<Occurrence, VersionResolution> ResolveAlike() => resolver.ResolveAlike();

    public IVersionFold Begin() => new VersionFold(Table, definitions, limits, saved: null);

    public IVersionFold Begin(byte[] saved) => new VersionFold(Table, definitions, limits, SavedFold.Read(saved));

    private static partial class Log
    {
        [LoggerMessage(
            2500, LogLevel.Information, "{Source} maps {Rows} attributes; {Resolvers} resolvers understand resources.", EventName = "MappingReady")]
        public static partial void MappingReady(ILogger logger, string source, int rows, int resolvers);
    }
}
