namespace GrafeasBridge.Delivery;

/// <summary>Section <c>Targets</c>: a list; none means the embedded emulator.</summary>
internal sealed class TargetsOptions
{
    public const string Section = "Targets";

    public IList<TargetOptions> Targets { get; } = [];

    /// <summary>What was wrong when the section was read, in sentences; each stops the start.</summary>
    public IList<string> Problems { get; } = [];
}

/// <summary>One target, <c>Targets:N</c>: what all kinds have. Each kind adds its own.</summary>
internal class TargetOptions
{
    /// <summary>Where it stands in the configuration, such as <c>Targets:0</c>; for messages, not a setting.</summary>
    internal string Key { get; set; } = "";

    /// <summary>What it speaks: the name of one of the kinds below. Empty: the first of them.</summary>
    public string Kind { get; set; } = "";

    /// <summary>What it is called in answers, metrics and the store: 1 to 63 of a-z, 0-9 and -; unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>Absolute http or https URL, such as <c>https://repository.example/api</c>; a path in it is kept.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>The API key itself. Exactly one of this and <see cref="ApiKeyFile"/>.</summary>
    public Secret? ApiKey { get; set; }

    /// <summary>A file that holds the API key; read for every call, so that a changed key needs no restart.</summary>
    public string ApiKeyFile { get; set; } = "";

    /// <summary>Lets credentials travel over plain http to a host that is not loopback.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>Uses the proxy of the environment (HTTPS_PROXY and so on). Off: the target is called directly.</summary>
    public bool UseProxy { get; set; }

    /// <summary>How many versions of this target are in flight at once at most; 0 takes <c>Delivery:Concurrency</c>.</summary>
    [SettingRange(0, 256)]
    public int MaxConcurrency { get; set; }

    /// <summary>Calls that the target allows within <see cref="CallLimitWindow"/>, when you know it; 0: the bridge finds out.</summary>
    [SettingRange(0, 1_000_000_000)]
    public int CallLimit { get; set; }

    /// <summary>The time that <see cref="CallLimit"/> is for.</summary>
    [SettingRange("00:00:01", "31.00:00:00")]
    public TimeSpan CallLimitWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long to wait for a connection, TLS included.</summary>
    [SettingRange("00:00:00.100", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt of a call may take.</summary>
    [SettingRange("00:00:00.100", "00:05:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take with all its attempts.</summary>
    [SettingRange("00:00:00.100", "00:15:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call is repeated before the version goes back to the store's schedule.</summary>
    [SettingRange(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Delay before the first repetition; doubles, with jitter.</summary>
    [SettingRange("00:00:00", "00:00:30")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A Retry-After up to this is waited for inside the call; a longer one goes to the store's schedule.</summary>
    [SettingRange("00:00:00", "00:05:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the target is left alone when nearly all calls of half a minute failed; doubles up to a minute.</summary>
    [SettingRange("00:00:00.500", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest answer that is read, in bytes.</summary>
    [SettingRange(65_536, 67_108_864)]
    public int MaxReplyBytes { get; set; } = 4_194_304;
}
