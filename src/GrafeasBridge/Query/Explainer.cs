using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest;
using GrafeasBridge.Ingest.Validation;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Query;

/// <summary>The dry run: what an occurrence that is not stored would become, by the code that would do it.</summary>
internal sealed class Explainer(IBridgeStore store, IOccurrenceMapping mapping, IOptions<IngestOptions> ingest, TimeProvider clock)
{
    // It has no name before it is stored; this one cannot be given out.
    private const string UnstoredId = "(not stored)";

    /// <param name="sent">As a sender would send it; server-owned fields are ignored, as on create.</param>
    public async Task<ExplainResponse> ExplainAsync(string project, Occurrence sent, CancellationToken cancellationToken)
    {
        var occurrence = sent.Clone();
        ServerFields.Set(occurrence, new OccurrenceName(project, UnstoredId).ToString(), Timestamp.FromDateTimeOffset(clock.GetUtcNow()));
        var resolution = mapping.Resolve(occurrence);
        var versions = new List<VersionCoordinates>(resolution.Named);
        var reason = resolution.Reason;
        foreach (var reference in resolution.ByDigest)
        {
            var known = await KnownAsync(resolution, reference, cancellationToken);
            versions.AddRange(known);
            if (known.Count == 0)
                reason = $"No version is known yet for {reference.Digest}{Of(reference)}; it is mapped as soon as a build names one.";
        }

        var fold = mapping.Begin();
        fold.Add(occurrence);
        var attributes = fold.Finish();
        var response = new ExplainResponse();
        response.Problems.AddRange(Problems(occurrence));
        foreach (var version in versions.Distinct())
        {
            var explained = new ExplainedVersion
            {
                Subject = version.Subject,
                Repo = version.Repo,
                Package = version.Package,
                Version = version.Version,
                Resolver = resolution.Resolver ?? "",
            };
            explained.Attributes.AddRange(attributes.Select(VersionReports.Attribute));
            response.Versions.Add(explained);
        }

        if (response.Versions.Count == 0)
            response.UnmappedReason = reason ?? "Nothing in it names a version.";
        return response;
    }

    private List<string> Problems(Occurrence occurrence)
    {
        var check = new Checker();
        check.Enter("occurrence");
        if (!ResourceNames.TryNote(occurrence.NoteName, out _, out var problem))
            check.Add("note_name", problem);
        OccurrenceValidator.Check(ref check, occurrence, ingest.Value.AllowEmptySignatureKeyId);
        return [.. check.Problems.Select(p => $"{p.Field}: {p.Sentence}")];
    }

    private async Task<IReadOnlyList<VersionCoordinates>> KnownAsync(
        VersionResolution resolution, DigestReference reference, CancellationToken cancellationToken)
    {
        var known = new List<VersionCoordinates>(
            await store.FindVersionsOfDigestAsync(reference.Package, reference.Digest, cancellationToken));
        foreach (var tag in resolution.DigestTags)
        {
            if (tag.Digest == reference.Digest && (reference.Package is null || tag.Version.InPackage == reference.Package))
                known.Add(tag.Version);
        }

        if (known.Count == 0 && reference.Untagged is { } untagged)
            known.Add(untagged);
        return known;
    }

    private static string Of(DigestReference reference) => reference.Package is { } package ? $" of {package}" : "";
}
