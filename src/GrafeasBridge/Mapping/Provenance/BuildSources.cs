using Google.Protobuf.Collections;
using Grafeas.V1;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Mapping.Provenance;

/// <summary>A value and the field that it was read from.</summary>
internal sealed record FieldValue(string Value, string Field);

/// <summary>One repository that a build was made from, as one place in the occurrence tells it.</summary>
internal sealed record SourceRepository(FieldValue? Url, FieldValue? Revision, FieldValue? Branch);

/// <summary>
/// Where a build's source came from. Places are read in a fixed order: the source context of the provenance and its
/// additional contexts; the source that SLSA 1.0 parameters name, then resolved dependencies; the config source of SLSA 0.2,
/// then materials. Url, revision and branch are taken from one repository and never mixed.
/// </summary>
internal static class BuildSources
{
    /// <summary>The repository that the build is about; its blanks are filled from other places that name the same repository.</summary>
    public static SourceRepository MainOf(Occurrence occurrence)
    {
        var places = Places(occurrence).Where(p => p.Url is not null || p.Revision is not null).ToList();
        if (places.Count == 0)
            return new SourceRepository(null, null, null);
        var main = places[0];
        var same = places
            .Where(p => p == main || (main.Url is not null && p.Url is not null && GitUri.SameRepository(main.Url.Value, p.Url.Value)))
            .ToList();
        return new SourceRepository(
            main.Url,
            same.Select(p => p.Revision).FirstOrDefault(r => r is not null),
            same.Select(p => p.Branch).FirstOrDefault(b => b is not null) ?? SlsaSources.BranchOfTrigger(occurrence));
    }

    /// <summary>Whole commit ids of every repository that the build was made from, in lower case.</summary>
    public static IEnumerable<string> Commits(Occurrence occurrence) =>
        Places(occurrence).Select(p => p.Revision?.Value).OfType<string>().Where(Digests.IsWholeCommit).Select(Digests.Lower);

    public static IEnumerable<SourceRepository> Places(Occurrence occurrence) =>
        Contexts(occurrence.Build?.Provenance?.SourceProvenance).Concat(SlsaSources.Places(occurrence));

    private static IEnumerable<SourceRepository> Contexts(Grafeas.V1.Source? source)
    {
        const string Field = "build.provenance.source_provenance";
        if (source is null)
            return [];
        return Contexts(source.Context, Field + ".context")
            .Concat(source.AdditionalContexts.SelectMany((context, i) => Contexts(context, $"{Field}.additional_contexts[{i}]")));
    }

    private static IEnumerable<SourceRepository> Contexts(SourceContext? context, string field)
    {
        switch (context?.ContextCase)
        {
            case SourceContext.ContextOneofCase.Git:
                yield return Git(context.Git, field + ".git");
                break;
            case SourceContext.ContextOneofCase.Gerrit:
                yield return Gerrit(context.Gerrit, field + ".gerrit");
                break;
            case SourceContext.ContextOneofCase.CloudRepo:
                yield return CloudRepo(context.CloudRepo, field + ".cloud_repo");
                break;
            default:
                break;
        }
    }

    // The url may be a commit's page (a Codefresh sample of 2017 does that): then the repository is what the page is about.
    private static SourceRepository Git(GitSourceContext git, string field)
    {
        var uri = GitUri.Parse(git.Url);
        var revision = git.RevisionId.Length > 0 ? new FieldValue(git.RevisionId, field + ".revision_id") : FieldValueOf(uri?.Revision, field + ".url");
        return new SourceRepository(FieldValueOf(uri?.Url ?? git.Url, field + ".url"), revision, FieldValueOf(uri?.Branch, field + ".url"));
    }

    private static SourceRepository Gerrit(GerritSourceContext gerrit, string field)
    {
        var url = gerrit.HostUri.Length == 0 ? gerrit.GerritProject : $"{gerrit.HostUri.TrimEnd('/')}/{gerrit.GerritProject}".TrimEnd('/');
        return new SourceRepository(
            FieldValueOf(url, field), FieldValueOf(gerrit.RevisionId, field + ".revision_id"), BranchOf(gerrit.AliasContext, field + ".alias_context"));
    }

    private static SourceRepository CloudRepo(CloudRepoSourceContext repo, string field)
    {
        var id = repo.RepoId?.ProjectRepoId;
        var url = id is { ProjectId.Length: > 0, RepoName.Length: > 0 }
            ? $"https://source.developers.google.com/p/{id.ProjectId}/r/{id.RepoName}"
            : null;
        return new SourceRepository(
            FieldValueOf(url, field + ".repo_id.project_repo_id"),
            FieldValueOf(repo.RevisionId, field + ".revision_id"),
            BranchOf(repo.AliasContext, field + ".alias_context"));
    }

    private static FieldValue? BranchOf(AliasContext? alias, string field) =>
        alias?.Kind == AliasContext.Types.Kind.Movable ? FieldValueOf(GitUri.BranchOf(alias.Name) ?? alias.Name, field + ".name") : null;

    /// <returns>Null for a value that is missing or empty.</returns>
    public static FieldValue? FieldValueOf(string? value, string field) => string.IsNullOrWhiteSpace(value) ? null : new FieldValue(value, field);

    /// <summary>The commit among the digests that stand beside an address.</summary>
    public static string? CommitOf(MapField<string, string> digests) =>
        digests.TryGetValue("gitCommit", out var commit) || digests.TryGetValue("sha1", out commit) ? commit : null;
}
