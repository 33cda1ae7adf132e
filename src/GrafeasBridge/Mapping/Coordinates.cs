namespace GrafeasBridge.Mapping;

/// <summary>One package of a repository, which belongs to a subject: a user or an organisation.</summary>
internal sealed record PackageCoordinates(string Subject, string Repo, string Package)
{
    public VersionCoordinates At(string version) => new(Subject, Repo, Package, version);

    public override string ToString() => $"{Subject}/{Repo}/{Package}";
}

/// <summary>One version of one package: what carries attributes at the target.</summary>
internal sealed record VersionCoordinates(string Subject, string Repo, string Package, string Version)
{
    public PackageCoordinates InPackage => new(Subject, Repo, Package);

    public override string ToString() => $"{Subject}/{Repo}/{Package}/{Version}";
}
