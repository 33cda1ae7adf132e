namespace GrafeasBridge.Mapping.Resolving;

/// <summary>What a resolver read out of a resource, before it is known to be legal.</summary>
/// <param name="Package">As written: with slashes or colons between its parts.</param>
/// <param name="Version">Tag or version as written; null when there is none.</param>
/// <param name="DefaultVersion">What a resource with neither version nor digest means; null when it then means nothing.</param>
/// <param name="Untagged">Version to use while no tag is known for the digest; null to wait for one.</param>
internal sealed record ResourceParts(
    string Subject, string Repo, string Package, string? Version, string? Digest, string? DefaultVersion = null, string? Untagged = null);

/// <summary>How one resolver understood one resource.</summary>
/// <param name="Resolver">Its name in the configuration.</param>
/// <param name="Package">Null exactly when <paramref name="Refusal"/> is set.</param>
/// <param name="Version">Version as written; null when none was.</param>
/// <param name="Implied">Version that is meant when neither version nor digest was written.</param>
/// <param name="Refusal">Why it is understood and still names no version, as the end of a sentence.</param>
internal sealed record ResolvedResource(
    string Resolver,
    PackageCoordinates? Package,
    VersionCoordinates? Version,
    VersionCoordinates? Implied,
    string? Digest,
    VersionCoordinates? Untagged,
    string? Refusal)
{
    public static ResolvedResource Refused(string resolver, string refusal) => new(resolver, null, null, null, null, null, refusal);

    public static ResolvedResource Of(string resolver, ResourceParts parts)
    {
        var name = CoordinateNames.Package(parts.Package);
        var implied = parts.Version is null && parts.Digest is null ? parts.DefaultVersion : null;
        var problem = CoordinateNames.Problem("subject", parts.Subject)
            ?? CoordinateNames.Problem("repository", parts.Repo)
            ?? CoordinateNames.PackageProblem(name)
            ?? ProblemOf(parts.Version)
            ?? ProblemOf(implied)
            ?? ProblemOf(parts.Untagged);
        if (problem is null && parts.Version is null && parts.Digest is null && implied is null)
            problem = "it names neither a version nor a digest";
        if (problem is not null)
            return Refused(resolver, problem);

        var package = new PackageCoordinates(parts.Subject, parts.Repo, name);
        return new ResolvedResource(
            resolver, package, At(package, parts.Version), At(package, implied), parts.Digest, At(package, parts.Untagged), Refusal: null);
    }

    private static string? ProblemOf(string? version) => version is null ? null : CoordinateNames.Problem("version", version);

    private static VersionCoordinates? At(PackageCoordinates package, string? version) => version is null ? null : package.At(version);
}
