namespace GrafeasBridge.Mapping.Resolving;

/// <summary>What a row of <c>Mapping:Resolvers</c> understands.</summary>
internal enum ResolverKind
{
    /// <summary>Resources that match a regular expression.</summary>
    Pattern,

    /// <summary>Images whose host says subject and repository.</summary>
    BintrayDocker,

    /// <summary>Package URLs.</summary>
    PackageUrl,
}

/// <summary>One row of <c>Mapping:Resolvers</c>; its key is the resolver's name.</summary>
internal sealed class ResolverOptions
{
    /// <summary>False to leave the row out.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Rows are asked from the lowest to the highest; rows of the same order by name.</summary>
    [SettingRange(0, 1_000_000)]
    public int Order { get; set; } = 1000;

    public ResolverKind Kind { get; set; } = ResolverKind.Pattern;

    /// <summary>
    /// Pattern: what the whole resource must match (without scheme, credentials, query and fragment, host in lower case); named
    /// groups become names for the templates below; <c>digest</c> is the digest, <c>tag</c> or <c>version</c> the version;
    /// empty leaves the row out.
    /// PackageUrl: what a whole repository_url must match, with groups <c>subject</c> and <c>repo</c>.
    /// </summary>
    public string Pattern { get; set; } = string.Empty;

    /// <summary>Template of the subject. Filters: <c>{x|dots}</c> (for slashes), <c>{x|lower}</c>.</summary>
    public string Subject { get; set; } = "{subject}";

    /// <summary>Template of the repository.</summary>
    public string Repo { get; set; } = "{repo}";

    /// <summary>Template of the package; a colon in what it gives is read as a slash.</summary>
    public string Package { get; set; } = "{package}";

    /// <summary>Template of the version; empty for the group <c>version</c> or <c>tag</c>.</summary>
    public string Version { get; set; } = string.Empty;

    /// <summary>The version of a resource with neither version nor digest; empty: such a resource names no version.</summary>
    public string DefaultVersion { get; set; } = string.Empty;

    /// <summary>
    /// Template of the version to use while no tag is known for a digest, such as <c>sha256-{hex}</c> (also
    /// <c>{algorithm}</c>); empty: the occurrence waits unmapped until a tag is known.
    /// </summary>
    public string Untagged { get; set; } = string.Empty;

    /// <summary>Pattern: when set, a match names no version, and this says why, as the end of a sentence.</summary>
    public string Reason { get; set; } = string.Empty;

    /// <summary>BintrayDocker: put before a package that has no namespace, such as <c>library/</c>.</summary>
    public string NamespacelessPrefix { get; set; } = string.Empty;

    /// <summary>BintrayDocker: ends of hosts of the form SUBJECT-docker-REPO.</summary>
    public IList<string> Suffixes { get; } = [];

    /// <summary>BintrayDocker: hosts of another form, each with its <c>subject/repo</c>; empty removes one.</summary>
    public IDictionary<string, string> Hosts { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>PackageUrl: the <c>subject/repo</c> of package URLs without repository_url, by type; empty removes one.</summary>
    public IDictionary<string, string> Defaults { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
