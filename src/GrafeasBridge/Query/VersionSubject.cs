using GrafeasBridge.Filtering;
using GrafeasBridge.Mapping;
using GrafeasBridge.V1;

namespace GrafeasBridge.Query;

/// <summary>What filters of versions may speak of: the fields of a summary.</summary>
internal static class VersionSubject
{
    // The numbers of the states are those of the store.
    public static FilterSubject Versions { get; } = new(VersionSummary.Descriptor)
    {
        Columns =
        [
            new FilterColumn(Column.State, "state"),
            new FilterColumn(Column.Target, "target"),
            new FilterColumn(Column.Subject, "subject"),
            new FilterColumn(Column.Repo, "repo"),
            new FilterColumn(Column.Package, "package") { Read = CoordinateNames.Package },
            new FilterColumn(Column.Version, "version"),
        ],
    };
}
