using System.Text.RegularExpressions;

namespace BintrayEmulator.Faults;

internal enum FaultKind
{
    /// <summary>The answer comes late.</summary>
    Delay,

    /// <summary>An error status with the service's JSON.</summary>
    Status,

    /// <summary>An error status with a page of HTML.</summary>
    Html,

    /// <summary>The connection is dropped without an answer.</summary>
    Reset,

    /// <summary>The connection is dropped in the middle of the answer.</summary>
    Cut,

    /// <summary>No answer for a long time, then the connection is dropped.</summary>
    Stall,

    /// <summary>So many calls in a window pass, the others are refused.</summary>
    Throttle,

    /// <summary>A write is answered with success and not kept.</summary>
    LostWrite,

    /// <summary>Values of attributes are cut short, and answered whole.</summary>
    Truncate,

    /// <summary>Attributes and values come in a random order.</summary>
    Reorder,

    /// <summary>A write is kept and shown, and undone later.</summary>
    LateLoss,

    /// <summary>The version that a write went to disappears later.</summary>
    DeleteVersion,

    /// <summary>A read of attributes answers what they were before.</summary>
    StaleRead,

    /// <summary>Each call waits for all that are on their way: a target that chokes and refuses nobody.</summary>
    Slow,

    /// <summary>Any of the others, drawn anew for each call.</summary>
    Mixed,
}

/// <summary>Which calls a rule is about; what is left out matches everything.</summary>
internal sealed record FaultMatch
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);
    private Regex? pattern;

    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>The path begins so, after <c>/api/v1</c> is taken off.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>A regular expression that the path matches somewhere.</summary>
    public string? PathPattern { get; init; }

    /// <summary>Only attributes of packages and versions.</summary>
    public bool? AttributesOnly { get; init; }

    public bool Matches(FaultTarget target) =>
        (Methods is null || Methods.Contains(target.Method, StringComparer.OrdinalIgnoreCase)) &&
        (PathPrefix is null || target.Path.StartsWith(PathPrefix, StringComparison.Ordinal)) &&
        (AttributesOnly is not true || target.IsAttributes) &&
        (PathPattern is null || Pattern().IsMatch(target.Path));

    public IEnumerable<string> Problems()
    {
        if (PathPattern is null)
            yield break;

        string? problem = null;
        try
        {
            Pattern();
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = e.Message;
        }

        if (problem is not null)
            yield return $"match.pathPattern is not a regular expression without backtracking: {problem}";
    }

    // Without backtracking, so that no pattern can hold a call up.
    private Regex Pattern() =>
        pattern ??= new Regex(PathPattern!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
}

/// <summary>One rule: which calls, how often, and what happens to them. The README beside the project tells each field.</summary>
internal sealed record FaultRule
{
    public const int MaxMilliseconds = 600_000;
    private const int MaxLateMilliseconds = 86_400_000;
    private const int MaxSlidingLimit = 1_000_000;

    public string? Name { get; init; }

    public required FaultKind Kind { get; init; }

    public FaultMatch? Match { get; init; }

    /// <summary>The share of matching calls that are hit, 0 to 1; all of them when it is left out.</summary>
    public double? Rate { get; init; }

    /// <summary>How many calls are hit before the rule is spent; no end when it is left out.</summary>
    public int? Count { get; init; }

    /// <summary>The status of <c>status</c> (503), <c>html</c> (502) and <c>throttle</c> (403).</summary>
    public int? Status { get; init; }

    /// <summary>The <c>message</c> of <c>status</c>, the page of <c>html</c>.</summary>
    public string? Body { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>Writes Retry-After as a date instead of seconds.</summary>
    public bool? RetryAfterAsDate { get; init; }

    /// <summary>
    /// How long <c>delay</c> (1000) and <c>stall</c> (60000) last; in <c>mixed</c> the delay (200). What <c>slow</c> waits for each call
    /// that is on its way (50). How old the answer of <c>staleRead</c> is, unless <see cref="Behind"/> says.
    /// </summary>
    public int? Milliseconds { get; init; }

    /// <summary>How long a stall of <c>mixed</c> lasts (2000).</summary>
    public int? StallMilliseconds { get; init; }

    /// <summary>The call is carried out before the fault hides its answer. In <c>mixed</c> this is drawn when it is left out.</summary>
    public bool? Applied { get; init; }

    /// <summary>How many calls <c>throttle</c> lets through in a window.</summary>
    public int? Limit { get; init; }

    /// <summary>The window of <c>throttle</c> (60).</summary>
    public int? WindowSeconds { get; init; }

    /// <summary>The window of <c>throttle</c> slides, instead of being laid end to end.</summary>
    public bool? Sliding { get; init; }

    /// <summary>No Retry-After, where there would be one.</summary>
    public bool? NoRetryAfter { get; init; }

    /// <summary>When <c>lateLoss</c> and <c>deleteVersion</c> strike (1000, unless <see cref="AfterCalls"/> says).</summary>
    public int? AfterMilliseconds { get; init; }

    /// <summary>After how many further calls they strike; with both, what comes first.</summary>
    public int? AfterCalls { get; init; }

    /// <summary>How many changes ago the answer of <c>staleRead</c> was true (1).</summary>
    public int? Behind { get; init; }

    /// <summary>How many characters <c>truncate</c> keeps (16).</summary>
    public int? Length { get; init; }

    /// <summary>The kinds that <c>mixed</c> draws from; all that fit the call when it is left out.</summary>
    public IReadOnlyList<FaultKind>? Kinds { get; init; }

    /// <summary>The statuses that <c>mixed</c> draws from: 408, 429, 500, 503, 504.</summary>
    public IReadOnlyList<int>? Statuses { get; init; }

    public bool Uses(FaultKind kind) => Kind == kind || Kinds?.Contains(kind) == true;

    public IEnumerable<string> Problems()
    {
        foreach (var problem in Match?.Problems() ?? [])
            yield return problem;

        if (Rate is < 0 or > 1)
            yield return $"rate is {Rate}; it is 0 to 1";

        foreach (var (name, value, low, high) in Ranges().Where(r => r.Value is { } v && (v < r.Low || v > r.High)))
            yield return $"{name} is {value}; it is {low} to {high}";

        if (Statuses is not null && Statuses.Any(s => s is < 400 or > 599))
            yield return "statuses holds one that is not 400 to 599";

        if (Kind == FaultKind.Throttle && Limit is null)
            yield return "limit is missing: how many calls a throttle lets through";

        if (Sliding is true && Limit > MaxSlidingLimit)
            yield return $"limit is {Limit}; a sliding one is at most {MaxSlidingLimit}";

        if (NoRetryAfter is true && RetryAfterSeconds is not null)
            yield return "noRetryAfter and retryAfterSeconds exclude each other";

        if (Kinds is not null && (Kinds.Count == 0 || Kinds.Contains(FaultKind.Mixed)))
            yield return "kinds names at least one kind, and not mixed";

        if (Kind != FaultKind.Mixed && (Kinds ?? (object?)Statuses ?? StallMilliseconds) is not null)
            yield return "kinds, statuses and stallMilliseconds belong to mixed";
    }

    private IEnumerable<(string Name, int? Value, int Low, int High)> Ranges() =>
    [
        ("count", Count, 1, int.MaxValue),
        ("status", Status, 400, 599),
        ("retryAfterSeconds", RetryAfterSeconds, 0, 86_400),
        ("milliseconds", Milliseconds, 0, MaxMilliseconds),
        ("stallMilliseconds", StallMilliseconds, 0, MaxMilliseconds),
        ("limit", Limit, 0, int.MaxValue),
        ("windowSeconds", WindowSeconds, 1, 86_400),
        ("length", Length, 0, int.MaxValue),
        ("afterMilliseconds", AfterMilliseconds, 0, MaxLateMilliseconds),
        ("afterCalls", AfterCalls, 0, int.MaxValue),
        ("behind", Behind, 1, 1_000_000),
    ];
}

/// <summary>A call as rules see it.</summary>
internal readonly record struct FaultTarget(string Method, string Path, bool IsAttributes)
{
    public bool IsWrite => Method is "POST" or "PUT" or "PATCH" or "DELETE";

    public bool IsVersionAttributes => IsAttributes && Path.Contains("/versions/", StringComparison.Ordinal);
}
