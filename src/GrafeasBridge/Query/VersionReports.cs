using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using GrafeasBridge.Versions;
using Wire = GrafeasBridge.V1;

namespace GrafeasBridge.Query;

/// <summary>Turns rows and mappings into the messages of bridge.proto. Attributes come from the code path that delivers.</summary>
internal sealed class VersionReports(IBridgeStore store, IOccurrenceMapping mapping)
{
    /// <summary>Maps the version as it is stored now, so a read after an acknowledged write sees it.</summary>
    /// <returns>The report, and what the version should carry.</returns>
    public async Task<(VersionReport Report, IReadOnlyList<Mapping.MappedAttribute> Wanted)> ReportAsync(
        VersionRow row, CancellationToken cancellationToken)
    {
        var history = await VersionHistory.ReadAsync(store, mapping, row.Coordinates, cancellationToken);
        var report = new VersionReport
        {
            Summary = Summary(row),
            OccurrenceCount = history.Occurrences,
            FoldedOccurrenceCount = history.Folded,
            Explanation = Explanations.Of(row),
        };
        report.Attributes.AddRange(history.Attributes.Select(Attribute));
        return (report, history.Attributes);
    }

    public static VersionSummary Summary(VersionRow row) => new()
    {
        Target = row.Target,
        Subject = row.Coordinates.Subject,
        Repo = row.Coordinates.Repo,
        Package = row.Coordinates.Package,
        Version = row.Coordinates.Version,
        State = (Wire.DeliveryState)row.State,
        Revision = row.Revision,
        SettledRevision = row.SettledRevision,
        Attempts = row.Attempts,
        NextAttemptTime = row.NextAttempt is { } next ? Timestamp.FromDateTimeOffset(next) : null,
        LastOutcome = row.LastOutcome,
        LastReason = row.LastReason,
        UpdateTime = Timestamp.FromDateTimeOffset(row.UpdateTime),
        VerifiedTime = row.VerifiedTime is { } verified ? Timestamp.FromDateTimeOffset(verified) : null,
        FailingSince = row.FailingSince is { } since ? Timestamp.FromDateTimeOffset(since) : null,
    };

    public static UnmappedOccurrence Unmapped(UnmappedItem item) => new()
    {
        Name = item.Name,
        ResourceUri = item.ResourceUri,
        Reason = item.Reason,
        CreateTime = Timestamp.FromDateTimeOffset(item.CreateTime),
    };

    public static Wire.MappedAttribute Attribute(Mapping.MappedAttribute mapped)
    {
        var attribute = new Wire.MappedAttribute
        {
            Name = mapped.Name,
            Type = mapped.Type switch
            {
                Mapping.AttributeType.String => Wire.AttributeType.String,
                Mapping.AttributeType.Number => Wire.AttributeType.Number,
                Mapping.AttributeType.Boolean => Wire.AttributeType.Boolean,
                Mapping.AttributeType.Date => Wire.AttributeType.Date,
                Mapping.AttributeType.Version => Wire.AttributeType.Version,
                _ => throw new ArgumentOutOfRangeException(nameof(mapped), mapped.Type, "no such type"),
            },
            Rule = mapped.Rule,
            SourceOccurrence = mapped.SourceOccurrence,
            SourceField = mapped.SourceField,
            Loss = mapped.Loss ?? "",
        };
        attribute.Values.AddRange(mapped.Values);
        return attribute;
    }
}
