namespace GrafeasBridge.Lab.Host;

/// <summary>Section <c>Lab</c>: what the laboratory does to the service.</summary>
internal sealed class LabOptions
{
    public const string Section = "Lab";

    /// <summary>The crash point at which the process kills itself; empty for none.</summary>
    public string CrashAt { get; set; } = "";

    /// <summary>The passing of that point that is the last.</summary>
    public int CrashPass { get; set; } = 1;

    /// <summary>Where each passing is written down, a line each; empty for nowhere.</summary>
    public string PassFile { get; set; } = "";

    /// <summary>The point at which the first that comes by is held; empty for none.</summary>
    public string HoldAt { get; set; } = "";

    /// <summary>Who is held goes on once this file is there.</summary>
    public string HoldUntilFile { get; set; } = "";

    /// <summary>A file that holds how far the clock is off, as a duration; empty for a right clock.</summary>
    public string ClockFile { get; set; } = "";

    /// <summary>Where the published time to drain is written down twice a second; empty for nowhere.</summary>
    public string DrainFile { get; set; } = "";

    public Mutant Mutant { get; set; }
}

/// <summary>A planted bug. The checker must catch each of them.</summary>
internal enum Mutant
{
    None,

    /// <summary>A create is answered before it is on stable storage.</summary>
    AckBeforeCommit,

    /// <summary>The newest revision is settled, not the one that was delivered.</summary>
    SettleWrongRevision,

    /// <summary>What the target answers to the read-back is taken to be what was written.</summary>
    IgnoreReadBack,

    /// <summary>A worker whose lease has passed goes on writing, and says nothing of it.</summary>
    DropLeaseCheck,

    /// <summary>The same request again is stored again.</summary>
    DropRequestIds,

    /// <summary>What a worker is about to write is not put down before it writes.</summary>
    ForgetIntent,
}
