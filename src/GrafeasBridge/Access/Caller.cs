namespace GrafeasBridge.Access;

/// <summary>What a caller may do in its projects.</summary>
internal enum Role
{
    /// <summary>Create and update notes and occurrences.</summary>
    Send,

    /// <summary>Get, list, and ask what became of them.</summary>
    Read,

    /// <summary>Delete, manage projects, redeliver.</summary>
    Operate,

    /// <summary>Scrape the metrics, and nothing else.</summary>
    Metrics,
}

/// <summary>Who calls, and what the key allows.</summary>
/// <param name="Name">The key's name, for logs; never the key.</param>
/// <param name="Projects">Project ids; null for all of them.</param>
internal sealed record Caller(string Name, IReadOnlySet<Role> Roles, IReadOnlySet<string>? Projects)
{
    /// <summary>Everybody, on a loopback listener that asks for no key.</summary>
    public static readonly Caller Local = new("local", new HashSet<Role>(Enum.GetValues<Role>()), null);

    public bool May(Role role, string project) => Roles.Contains(role) && (Projects is null || Projects.Contains(project));

    /// <summary>True when no project is closed to the role.</summary>
    public bool MayEverywhere(Role role) => Roles.Contains(role) && Projects is null;

    /// <summary>True when any role in the project will do, as for pointing at a note of another project. Who only scrapes knows none.</summary>
    public bool Knows(string project) => Roles.Any(role => role != Role.Metrics) && (Projects is null || Projects.Contains(project));
}
