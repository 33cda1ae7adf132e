namespace GrafeasBridge.Delivery.Bintray;

/// <summary>What the bridge may create at a target. Each level includes the ones before it.</summary>
internal enum CreateMissing
{
    Nothing,
    Version,
    Package,
    Repository,
}

/// <summary>One target that speaks Bintray's REST API.</summary>
internal sealed class BintrayOptions : TargetOptions
{
    /// <summary>User of HTTP Basic authentication.</summary>
    public string Username { get; set; } = "";

    /// <summary>What may be created when it is missing.</summary>
    public CreateMissing CreateMissing { get; set; } = CreateMissing.Version;

    /// <summary>Licence names for created packages; Bintray wants at least one in an open-source repository.</summary>
    public IList<string> Licenses { get; } = [];

    /// <summary>URL of the sources for created packages; Bintray wants it in an open-source repository.</summary>
    public string VcsUrl { get; set; } = "";

    /// <summary>Type of created repositories.</summary>
    public string RepositoryType { get; set; } = "docker";
}
