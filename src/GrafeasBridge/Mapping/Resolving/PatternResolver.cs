using System.Text.RegularExpressions;

namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Understands resources by a configured regular expression with named groups.</summary>
internal sealed class PatternResolver : IResolver
{
    private readonly ResolverOptions options;
    private readonly Regex pattern;
    private readonly Template subject;
    private readonly Template repo;
    private readonly Template package;
    private readonly Template? version;
    private readonly Template untagged;
    private readonly bool hasDigest;

    /// <exception cref="FormatException">With a sentence that names the setting under the row and what is wrong with it.</exception>
    public PatternResolver(string name, ResolverOptions options)
    {
        Name = name;
        this.options = options;
        pattern = Patterns.Compile(options.Pattern);
        var groups = pattern.GetGroupNames().Where(g => !char.IsAsciiDigit(g[0])).ToList();
        hasDigest = groups.Contains("digest");
        if (options.Reason.Length > 0)
        {
            subject = repo = package = untagged = Template.Parse(string.Empty, groups);
            return;
        }

        var names = hasDigest ? [.. groups, .. Template.DigestNames] : groups;
        subject = Parse(nameof(options.Subject), options.Subject, names);
        repo = Parse(nameof(options.Repo), options.Repo, names);
        package = Parse(nameof(options.Package), options.Package, names);
        untagged = Parse(nameof(options.Untagged), options.Untagged, names);
        version = VersionTemplate(groups, names);
    }

    public string Name { get; }

    public ResolvedResource? Resolve(string text)
    {
        var match = pattern.Match(text);
        if (!match.Success)
            return null;
        if (options.Reason.Length > 0)
            return ResolvedResource.Refused(Name, options.Reason);

        var written = hasDigest ? match.Groups["digest"].Value : string.Empty;
        var digest = written.Length == 0 ? null : Digests.Parse(written);
        if (written.Length > 0 && digest is null)
            return ResolvedResource.Refused(Name, $"its digest '{ResourceText.Shown(written)}' is not of the form algorithm:value");
        return ResolvedResource.Of(Name, new ResourceParts(
            subject.Fill(Value), repo.Fill(Value), package.Fill(Value), NullIfEmpty(version?.Fill(Value)), digest,
            NullIfEmpty(options.DefaultVersion), digest is null ? null : NullIfEmpty(untagged.Fill(Value))));

        string Value(string name) => digest is not null && Template.DigestNames.Contains(name)
            ? Template.DigestPart(name, digest)
            : Uri.UnescapeDataString(match.Groups[name].Value);
    }

    private Template? VersionTemplate(List<string> groups, List<string> names)
    {
        if (options.Version.Length > 0)
            return Parse(nameof(options.Version), options.Version, names);
        var group = groups.Find(g => g is "version" or "tag");
        return group is null ? null : Template.Parse($"{{{group}}}", names);
    }

    private static Template Parse(string setting, string text, IReadOnlyCollection<string> names)
    {
        try
        {
            return Template.Parse(text, names);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{setting}: {e.Message}", e);
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
