using System.Globalization;
using System.Text.Json.Nodes;

namespace BintrayEmulator.Faults;

/// <summary>The plan in force, its random draws and its tallies. One lock: draws come in a fixed order from one seed.</summary>
internal sealed class FaultSelector(TimeProvider clock)
{
    private const string CallLimitText = "You have exceeded your API call limit";
    private static readonly int[] MixedStatuses = [408, 429, 500, 503, 504];

    private static readonly FaultKind[] MixedKinds =
    [
        FaultKind.Delay, FaultKind.Status, FaultKind.Html, FaultKind.Reset, FaultKind.Cut, FaultKind.Stall, FaultKind.Throttle,
        FaultKind.LostWrite, FaultKind.Truncate, FaultKind.Reorder,
    ];

    private readonly Lock gate = new();
    private FaultPlan plan = FaultPlan.Empty;
    private RuleState[] states = [];
    private Random random = new(0);

    /// <summary>Puts a plan in force, with a fresh random sequence and fresh tallies.</summary>
    public void Replace(FaultPlan next)
    {
        lock (gate)
        {
            plan = next;
            states = [.. next.Rules.Select((r, i) => new RuleState(r, r.Name ?? "rule " + i.ToString(CultureInfo.InvariantCulture)))];
            random = new Random(next.Seed);
        }
    }

    /// <summary>What happens to this call; null when nothing does.</summary>
    public Fault? Select(FaultTarget target)
    {
        lock (gate)
        {
            foreach (var state in states.Where(s => s.Rule.Match?.Matches(target) ?? true))
            {
                state.Matched++;
                if (Fires(state, target) && Make(state, target) is { } fault)
                {
                    state.Fired++;
                    state.ByKind[fault.Kind] = state.ByKind.GetValueOrDefault(fault.Kind) + 1;
                    return fault;
                }
            }

            return null;
        }
    }

    /// <summary>The plan, and for each rule how many calls it saw and hit.</summary>
    public JsonObject Json()
    {
        lock (gate)
        {
            return new JsonObject
            {
                ["plan"] = JsonNode.Parse(plan.Write().GetRawText()),
                ["rules"] = new JsonArray([.. states.Select(s => new JsonObject
                {
                    ["rule"] = s.Name,
                    ["matched"] = s.Matched,
                    ["fired"] = s.Fired,
                    ["kinds"] = new JsonObject(
                        s.ByKind.OrderBy(k => k.Key).Select(k => KeyValuePair.Create(FaultPlan.Word(k.Key), (JsonNode?)k.Value))),
                })]),
            };
        }
    }

    private bool Fires(RuleState state, FaultTarget target)
    {
        var rule = state.Rule;
        if (rule.Count is { } count && state.Fired >= count)
            return false;

        if (!Fits(rule.Kind, target) || rule.Rate is { } rate && random.NextDouble() >= rate)
            return false;

        return rule.Kind != FaultKind.Throttle || IsOverLimit(state);
    }

    // A lost write needs a write, values can be cut only where some are set, and mixed up only where some are shown.
    private static bool Fits(FaultKind kind, FaultTarget target) => kind switch
    {
        FaultKind.LostWrite => target.IsWrite,
        FaultKind.Truncate => target.IsAttributes && target.Method is "POST" or "PATCH",
        FaultKind.Reorder => target.IsAttributes && target.Method != "DELETE",
        FaultKind.LateLoss => target.IsAttributes && target.IsWrite,
        FaultKind.DeleteVersion => target.IsVersionAttributes && target.IsWrite,
        FaultKind.StaleRead => target.IsVersionAttributes && target.Method == "GET",
        _ => true,
    };

    private bool IsOverLimit(RuleState state) => state.Rule.Sliding is true ? IsOverSlidingLimit(state) : IsOverFixedLimit(state);

    // Only calls that pass count: a refused one does not push the window on.
    private bool IsOverSlidingLimit(RuleState state)
    {
        var now = clock.GetUtcNow();
        while (state.Passed.TryPeek(out var oldest) && now - oldest >= Window(state.Rule))
            state.Passed.Dequeue();

        if (state.Passed.Count >= state.Rule.Limit!.Value)
            return true;

        state.Passed.Enqueue(now);
        return false;
    }

    private bool IsOverFixedLimit(RuleState state)
    {
        var now = clock.GetUtcNow();
        if (now - state.WindowBegan >= Window(state.Rule))
            (state.WindowBegan, state.InWindow) = (now, 0);

        state.InWindow = Math.Min(state.InWindow + 1, state.Rule.Limit!.Value + 1L);
        return state.InWindow > state.Rule.Limit.Value;
    }

    private static TimeSpan Window(FaultRule rule) => TimeSpan.FromSeconds(rule.WindowSeconds ?? 60);

    private Fault? Make(RuleState state, FaultTarget target)
    {
        var rule = state.Rule;
        return rule.Kind switch
        {
            FaultKind.Mixed => MakeMixed(state, target),
            FaultKind.Throttle => Plain(state, rule.Kind, rule.Status ?? 403) with
            {
                Body = rule.Body ?? CallLimitText,
                RetryAfter = RetryAfter(rule, ThrottleWait(state)),
            },
            FaultKind.Html => Plain(state, rule.Kind, rule.Status ?? 502),
            FaultKind.Stall => Plain(state, rule.Kind, 0) with { Duration = Milliseconds(rule.Milliseconds ?? 60_000) },
            FaultKind.Slow => Slow(state),
            _ => Plain(state, rule.Kind, rule.Status ?? 503),
        };
    }

    private static WriteEffects? Effects(FaultRule rule, FaultKind kind) => kind switch
    {
        FaultKind.LostWrite => new WriteEffects(LosesWrite: true),
        FaultKind.Truncate => new WriteEffects(TruncatesTo: rule.Length ?? 16),
        FaultKind.LateLoss or FaultKind.DeleteVersion =>
            new WriteEffects(Deferred: new DeferredFault(kind, DeferredAfter(rule), rule.AfterCalls)),
        _ => null,
    };

    private static TimeSpan? DeferredAfter(FaultRule rule) => rule switch
    {
        { AfterMilliseconds: { } after } => Milliseconds(after),
        { AfterCalls: null } => Milliseconds(1000),
        _ => null,
    };

    private static TimeSpan? StaleAge(FaultRule rule) =>
        rule is { Kind: FaultKind.StaleRead, Milliseconds: { } age, Behind: null } ? Milliseconds(age) : null;

    private Fault Slow(RuleState state)
    {
        var calls = state.InFlight.Enter();
        var wait = Math.Min((long)calls * (state.Rule.Milliseconds ?? 50), FaultRule.MaxMilliseconds);
        return Plain(state, FaultKind.Slow, 0) with { InFlight = state.InFlight, Duration = TimeSpan.FromMilliseconds(wait) };
    }

    private Fault Plain(RuleState state, FaultKind kind, int status) => new(
        state.Name,
        kind,
        status,
        state.Rule.Body,
        state.Rule.RetryAfterSeconds is { } seconds ? RetryAfter(state.Rule, seconds) : null,
        Milliseconds(state.Rule.Milliseconds ?? 1000),
        state.Rule.Applied ?? false,
        random.Next(),
        Effects(state.Rule, kind),
        kind == FaultKind.StaleRead ? new StaleAnswer(StaleAge(state.Rule), state.Rule.Behind ?? 1) : null);

    private Fault? MakeMixed(RuleState state, FaultTarget target)
    {
        var rule = state.Rule;
        var kinds = (rule.Kinds ?? MixedKinds).Where(k => Fits(k, target)).ToArray();
        if (kinds.Length == 0)
            return null;

        var kind = kinds[random.Next(kinds.Length)];
        if (kind == FaultKind.Slow)
            return Slow(state);

        var statuses = rule.Statuses is { Count: > 0 } chosen ? chosen : MixedStatuses;
        var status = kind switch
        {
            FaultKind.Throttle => 403,
            FaultKind.Html => 502,
            _ => statuses[random.Next(statuses.Count)],
        };
        var fault = Plain(state, kind, status) with { Applied = kind != FaultKind.Throttle && (rule.Applied ?? random.Next(2) == 0) };
        return kind switch
        {
            FaultKind.Delay => fault with { Duration = Milliseconds(rule.Milliseconds ?? 200) },
            FaultKind.Stall => fault with { Duration = Milliseconds(rule.StallMilliseconds ?? 2000) },
            FaultKind.Throttle => fault with { Body = CallLimitText },
            FaultKind.Status when status is 429 or 503 && fault.RetryAfter is null =>
                fault with { RetryAfter = RetryAfter(rule with { RetryAfterAsDate = rule.RetryAfterAsDate ?? random.Next(2) == 0 }, 1) },
            _ => fault,
        };
    }

    // Only a 429 said how long to wait; the service's own 403 is not known to have.
    private int? ThrottleWait(RuleState state)
    {
        if (state.Rule.RetryAfterSeconds is { } seconds)
            return seconds;

        var began = state.Passed.TryPeek(out var oldest) ? oldest : state.WindowBegan;
        var left = began + Window(state.Rule) - clock.GetUtcNow();
        return state.Rule.Status == 429 ? (int)Math.Max(0, Math.Ceiling(left.TotalSeconds)) : null;
    }

    private string? RetryAfter(FaultRule rule, int? seconds)
    {
        if (seconds is not { } wait || rule.NoRetryAfter is true)
            return null;

        return rule.RetryAfterAsDate is true
            ? (clock.GetUtcNow() + TimeSpan.FromSeconds(wait)).ToString("r", CultureInfo.InvariantCulture)
            : wait.ToString(CultureInfo.InvariantCulture);
    }

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private sealed class RuleState(FaultRule rule, string name)
    {
        public FaultRule Rule { get; } = rule;

        public string Name { get; } = name;

        public long Matched { get; set; }

        public long Fired { get; set; }

        public long InWindow { get; set; }

        public DateTimeOffset WindowBegan { get; set; } = DateTimeOffset.MinValue;

        // When the calls of a sliding window passed.
        public Queue<DateTimeOffset> Passed { get; } = new();

        public InFlightCalls InFlight { get; } = new();

        public Dictionary<FaultKind, long> ByKind { get; } = [];
    }
}
