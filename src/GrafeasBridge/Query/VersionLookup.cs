using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Query;

/// <summary>The one version that a question is about, as far as its caller may see it.</summary>
internal sealed class VersionLookup(IBridgeStore store)
{
    /// <summary>A version of other projects is NOT_FOUND, so that its existence does not leak.</summary>
    public async Task<VersionRow> VisibleAsync(
        Caller caller, string target, VersionCoordinates version, CancellationToken cancellationToken)
    {
        var row = await store.FindVersionAsync(target, version, cancellationToken);
        var visible = row is not null
            && (caller.Projects is null || await ContributesAsync(caller.Projects, target, version, cancellationToken));
        return visible ? row! : throw Errors.NotFound("version", $"{target}/{version}");
    }

    private async Task<bool> ContributesAsync(
        IEnumerable<string> projects, string target, VersionCoordinates version, CancellationToken cancellationToken)
    {
        var filter = new VersionFilter(target, version.Subject, version.Repo, version.Package, Version: version.Version, Projects: [.. projects]);
        return (await store.ListVersionsAsync(filter, 0, 1, cancellationToken)).Count > 0;
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for every part that is empty.</exception>
    public static VersionCoordinates Coordinates(string target, string subject, string repo, string package, string version)
    {
        var problems = new List<Problem>();
        foreach ((var field, var value) in new[]
        {
            ("target", target), ("subject", subject), ("repo", repo), ("package", package), ("version", version),
        })
        {
            if (value.Length == 0)
                problems.Add(new Problem(field, "is required"));
        }

        return problems.Count == 0 ? new VersionCoordinates(subject, repo, CoordinateNames.Package(package), version) : throw Errors.Invalid(problems, 0);
    }
}
