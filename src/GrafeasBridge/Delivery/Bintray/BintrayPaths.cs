using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>Paths of the REST API. Each name is one percent-encoded segment: a slash or a dot-dot never walks the tree.</summary>
internal static class BintrayPaths
{
    public static string Repository(VersionCoordinates v) => $"/repos/{Segment(v.Subject)}/{Segment(v.Repo)}";

    public static string Packages(VersionCoordinates v) => $"/packages/{Segment(v.Subject)}/{Segment(v.Repo)}";

    public static string Versions(PackageCoordinates p) =>
        $"/packages/{Segment(p.Subject)}/{Segment(p.Repo)}/{Segment(BintrayNames.Package(p.Package))}/versions";

    public static string Attributes(VersionCoordinates v)
    {
        // The API reads this word as "the newest version", which is another one.
        if (v.Version == "_latest")
            throw Unusable(v.Version);
        return $"{Versions(v.InPackage)}/{Segment(v.Version)}/attributes";
    }

    /// <summary>With the names to delete. An empty list would delete all attributes, so it is refused.</summary>
    public static string Attributes(VersionCoordinates v, IReadOnlyList<string> names)
    {
        if (names.Count == 0 || names.Any(n => n.Length == 0 || n.Contains(',', StringComparison.Ordinal)))
            throw new ArgumentException("Names to delete must be there, and hold no comma.", nameof(names));
        return $"{Attributes(v)}?names={string.Join(',', names.Select(Uri.EscapeDataString))}";
    }

    private static string Segment(string name) =>
        name.Length is 0 or > 255 || name is "." or ".." || name.Any(char.IsControl) ? throw Unusable(name) : Uri.EscapeDataString(name);

    private static TargetException Unusable(string name) =>
        new(
            DeliveryOutcome.Rejected,
            $"The name '{Text.OneLine(name, 80)}' cannot be used at a Bintray-shaped target; correct the occurrence's resource.");
}
