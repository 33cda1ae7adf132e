using System.Globalization;
using GrafeasBridge.Api;
using GrafeasBridge.V1;

namespace GrafeasBridge.Ingest.BuildReports;

/// <summary>4: is this report of a build whole and well-formed? Finds every problem; writes digests in lower case.</summary>
internal static class BuildReportRules
{
    private const int MaxText = 1024;
    private const int MaxUri = 2048;
    private const int MaxNames = 100;

    private static readonly (string Algorithm, int Length)[] Digests = [("sha256", 64), ("sha384", 96), ("sha512", 128)];

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every problem.</exception>
    public static void Refuse(ReportBuildRequest request, int maxArtifacts)
    {
        Checker check = default;
        WellFormed.Check(ref check, request);
        check.Required(request.BuildId, "build_id");
        Line(ref check, request.BuildId, "build_id", MaxText);
        Word(ref check, request.Commit, "commit", MaxText);
        Word(ref check, request.Ref, "ref", MaxText);
        Line(ref check, request.Builder, "builder", MaxUri);
        Line(ref check, request.BuilderVersion, "builder_version", MaxText);
        Line(ref check, request.Creator, "creator", MaxText);
        Repository(ref check, request);
        WebAddress(ref check, request.LogsUri, "logs_uri");
        if (request.Note.Length > 0 && ResourceNames.ProblemOfId(request.Note) is { } problem)
            check.Add("note", problem);
        if (request.StartTime is not null && request.EndTime is not null && request.EndTime.CompareTo(request.StartTime) < 0)
            check.Add("end_time", $"is {request.EndTime.ToDiagnosticString()}, before start_time, {request.StartTime.ToDiagnosticString()}");
        Artifacts(ref check, request, maxArtifacts);
        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    private static void Artifacts(ref Checker check, ReportBuildRequest request, int maxArtifacts)
    {
        Word(ref check, request.ResourceUri, "resource_uri", MaxUri);
        var count = request.Artifacts.Count;
        if (count == 0 && request.ResourceUri.Length == 0)
            check.Add("artifacts", "needs at least one element, unless resource_uri says what was built");
        if (count > 0 && request.ResourceUri.Length > 0)
            check.Add("resource_uri", "cannot be given together with artifacts; give an artifact a uri");
        if (count > maxArtifacts)
        {
            check.Add("artifacts", string.Create(CultureInfo.InvariantCulture, $"holds {count} elements; at most {maxArtifacts} are allowed (Ingest:MaxBatch)"));
            return;
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            check.Enter("artifacts", i);
            if (Artifact(ref check, request.Artifacts[i]) && !seen.TryAdd(BuildReport.ResourceOf(request.Artifacts[i]), i))
            {
                var first = seen[BuildReport.ResourceOf(request.Artifacts[i])];
                check.Add(string.Empty, string.Create(CultureInfo.InvariantCulture, $"is the same resource as artifacts[{first}]; list its names in one element"));
            }

            check.Leave();
        }
    }

    private static bool Artifact(ref Checker check, BuiltArtifact artifact)
    {
        var before = check.Problems.Count;
        Word(ref check, artifact.Uri, "uri", MaxUri);
        Digest(ref check, artifact);
        if (artifact.Names.Count == 0 && artifact.Uri.Length == 0)
            check.Add("names", "needs at least one element, unless there is a uri");
        if (artifact.Names.Count > MaxNames)
            check.Add("names", string.Create(CultureInfo.InvariantCulture, $"holds {artifact.Names.Count} elements; at most {MaxNames} are allowed"));
        for (var i = 0; i < Math.Min(artifact.Names.Count, MaxNames); i++)
        {
            check.Enter("names", i);
            check.Required(artifact.Names[i], string.Empty);
            Word(ref check, artifact.Names[i], string.Empty, MaxUri);
            if (ArtifactResource.DigestIn(artifact.Names[i]) is { } named && artifact.Digest.Length > 0 && named != artifact.Digest)
                check.Add(string.Empty, $"ends in the digest {QuotedText.Shorten(named)}, but the artifact's is {artifact.Digest}");
            check.Leave();
        }

        return check.Problems.Count == before && check.Uncounted == 0;
    }

    private static void Digest(ref Checker check, BuiltArtifact artifact)
    {
        if (artifact.Digest.Length == 0)
            return;
        foreach ((var algorithm, var length) in Digests)
        {
            if (!artifact.Digest.StartsWith(algorithm + ":", StringComparison.OrdinalIgnoreCase))
                continue;
            if (artifact.Digest.Length == algorithm.Length + 1 + length && artifact.Digest.AsSpan(algorithm.Length + 1).IndexOfAnyExcept(Hex) < 0)
                artifact.Digest = artifact.Digest.ToLowerInvariant();
            else
                check.Add("digest", string.Create(CultureInfo.InvariantCulture, $"is '{QuotedText.Shorten(artifact.Digest)}'; {algorithm}: and {length} hexadecimal digits are wanted"));
            return;
        }

        check.Add("digest", $"is '{QuotedText.Shorten(artifact.Digest)}'; sha256:, sha384: or sha512: and hexadecimal digits are wanted");
    }

    private static void Repository(ref Checker check, ReportBuildRequest request)
    {
        var text = request.Repository;
        Word(ref check, text, "repository", MaxUri);
        if (request.Ref.Length > 0 && text.Length == 0)
            check.Add("ref", "needs repository: a branch is a branch of something");
        var isRemote = text.IndexOf('@') is > 0 and var at && text.IndexOf(':', at) > at + 1; // git@host:team/web.git
        if (text.Length > 0 && !isRemote && !IsAddress(text))
            check.Add("repository", $"is '{Shown(text)}'; an address such as https://host/team/web.git or git@host:team/web.git is wanted");
    }

    private static void WebAddress(ref Checker check, string text, string field)
    {
        Word(ref check, text, field, MaxUri);
        var isWeb = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        if (text.Length > 0 && !isWeb)
            check.Add(field, $"is '{Shown(text)}'; an address that begins with https:// or http:// is wanted");
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0;

    // A clone address may hold a token, and refusals are logged by those who get them.
    private static string Shown(string text) => QuotedText.Shorten(Mapping.Provenance.UrlCredentials.Strip(text));

    private static void Word(ref Checker check, string text, string field, int longest)
    {
        Line(ref check, text, field, longest);
        if (text.Contains(' ', StringComparison.Ordinal))
            check.Add(field, "must not hold a space");
    }

    private static void Line(ref Checker check, string text, string field, int longest)
    {
        if (text.Length > longest)
            check.Add(field, string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; at most {longest} are allowed"));
        if (text.Any(char.IsControl))
            check.Add(field, "must not hold line breaks or other control characters");
    }

    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
