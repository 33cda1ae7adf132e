using System.Globalization;
using System.Text.Json.Nodes;

namespace BintrayEmulator.Faults;

/// <summary>The plan in force, its dice and its tallies. One lock: draws come in a fixed order from one seed.</summary>
internal sealed class FaultBoard(TimeProvider clock)
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
    private Random dice = new(0);

    /// <summary>Puts a plan in force, with fresh dice and tallies.</summary>
    public void Replace(FaultPlan next)
    {
        lock (gate)
        {
            plan = next;
            states = [.. next.Rules.Select((r, i) => new RuleState(r, r.Name ?? "rule " + i.ToString(CultureInfo.InvariantCulture)))];
            dice = new Random(next.Seed);
        }
    }

    /// <summary>What happens to this call; null when nothing does.</summary>
    public Fault? Draw(FaultTarget target)
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
                        s.ByKind.OrderBy(k => k.Key).Select(k => KeyValuePair.Create(Word(k.Key), (JsonNode?)k.Value))),
                })]),
            };
        }
    }

    private static string Word(FaultKind kind) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private bool Fires(RuleState state, FaultTarget target)
    {
        var rule = state.Rule;
        if (rule.Count is { } count && state.Fired >= count)
            return false;

        if (!Fits(rule.Kind, target) || rule.Rate is { } rate && dice.NextDouble() >= rate)
            return false;

        return rule.Kind != FaultKind.Throttle || IsOverLimit(state);
    }

    // A lost write needs a write, values can be cut only where some are set, and mixed up only where some are shown.
    private static bool Fits(FaultKind kind, FaultTarget target) => kind switch
    {
        FaultKind.LostWrite => target.IsWrite,
        FaultKind.Truncate => target.IsAttributes && target.Method is "POST" or "PATCH",
        FaultKind.Reorder => target.IsAttributes && target.Method != "DELETE",
        _ => true,
    };

    private bool IsOverLimit(RuleState state)
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
            _ => Plain(state, rule.Kind, rule.Status ?? 503),
        };
    }

    private Fault Plain(RuleState state, FaultKind kind, int status) => new(
        state.Name,
        kind,
        status,
        state.Rule.Body,
        state.Rule.RetryAfterSeconds is { } seconds ? RetryAfter(state.Rule, seconds) : null,
        Milliseconds(state.Rule.Milliseconds ?? 1000),
        state.Rule.Applied ?? false,
        state.Rule.Length ?? 16,
        dice.Next());

    private Fault? MakeMixed(RuleState state, FaultTarget target)
    {
        var rule = state.Rule;
        var kinds = (rule.Kinds ?? MixedKinds).Where(k => Fits(k, target)).ToArray();
        if (kinds.Length == 0)
            return null;

        var kind = kinds[dice.Next(kinds.Length)];
        var statuses = rule.Statuses is { Count: > 0 } chosen ? chosen : MixedStatuses;
        var status = kind switch
        {
            FaultKind.Throttle => 403,
            FaultKind.Html => 502,
            _ => statuses[dice.Next(statuses.Count)],
        };
        var fault = Plain(state, kind, status) with { Applied = kind != FaultKind.Throttle && (rule.Applied ?? dice.Next(2) == 0) };
        return kind switch
        {
            FaultKind.Delay => fault with { Duration = Milliseconds(rule.Milliseconds ?? 200) },
            FaultKind.Stall => fault with { Duration = Milliseconds(rule.StallMilliseconds ?? 2000) },
            FaultKind.Throttle => fault with { Body = CallLimitText },
            FaultKind.Status when status is 429 or 503 && fault.RetryAfter is null =>
                fault with { RetryAfter = RetryAfter(rule with { RetryAfterAsDate = rule.RetryAfterAsDate ?? dice.Next(2) == 0 }, 1) },
            _ => fault,
        };
    }

    // Only a 429 said how long to wait; the service's own 403 is not known to have.
    private int? ThrottleWait(RuleState state)
    {
        if (state.Rule.RetryAfterSeconds is { } seconds)
            return seconds;

        var left = state.WindowBegan + Window(state.Rule) - clock.GetUtcNow();
        return state.Rule.Status == 429 ? (int)Math.Ceiling(left.TotalSeconds) : null;
    }

    private string? RetryAfter(FaultRule rule, int? seconds)
    {
        if (seconds is not { } wait)
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

        public Dictionary<FaultKind, long> ByKind { get; } = [];
    }
}
