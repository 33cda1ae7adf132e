namespace GrafeasBridge.Filtering;

/// <summary>A condition that every matching row fulfils.</summary>
/// <param name="IsExact">True when also every row that fulfils it matches.</param>
internal readonly record struct Plan(Condition Condition, bool IsExact);

/// <summary>
/// Takes from a filter what columns can tell. Negation goes inward first, so that a comparison which the columns cannot
/// answer demands nothing, negated or not.
/// </summary>
internal static class Planner
{
    private static readonly Condition Always = new Condition.Always();
    private static readonly Condition Never = new Condition.Never();

    public static Plan Of(Test test, bool negated = false) => test switch
    {
        NotTest not => Of(not.Part, !negated),
        AllTest all => negated ? Any(all.Parts, negated) : All(all.Parts, negated),
        AnyTest any => negated ? All(any.Parts, negated) : Any(any.Parts, negated),
        FieldTest { Condition: { } condition } => new Plan(negated ? Negate(condition) : condition, IsExact: true),
        _ => new Plan(Always, IsExact: false),
    };

    public static Condition All(params IEnumerable<Condition> parts)
    {
        var kept = new List<Condition>();
        foreach (var part in parts)
        {
            if (part is Condition.Never)
                return Never;
            if (part is Condition.All inner)
                kept.AddRange(inner.Parts);
            else if (part is not Condition.Always)
                kept.Add(part);
        }

        return kept.Count switch { 0 => Always, 1 => kept[0], _ => new Condition.All(kept) };
    }

    public static Condition Any(params IEnumerable<Condition> parts)
    {
        var kept = new List<Condition>();
        foreach (var part in parts)
        {
            if (part is Condition.Always)
                return Always;
            if (part is Condition.Any inner)
                kept.AddRange(inner.Parts);
            else if (part is not Condition.Never)
                kept.Add(part);
        }

        return kept.Count switch { 0 => Never, 1 => kept[0], _ => new Condition.Any(kept) };
    }

    public static Condition Negate(Condition condition) => condition switch
    {
        Condition.Always => Never,
        Condition.Never => Always,
        Condition.All all => Any(all.Parts.Select(Negate)),
        Condition.Any any => All(any.Parts.Select(Negate)),
        Condition.CompareText text => text with { Comparison = text.Comparison.Opposite() },
        Condition.CompareNumber number => number with { Comparison = number.Comparison.Opposite() },
        Condition.Not not => not.Part,
        _ => new Condition.Not(condition),
    };

    private static Plan All(IReadOnlyList<Test> parts, bool negated)
    {
        Plan[] plans = [.. parts.Select(part => Of(part, negated))];
        var condition = All(plans.Select(plan => plan.Condition));
        // What no row fulfils, nothing matches: exact whatever the other parts are.
        return new Plan(condition, condition is Condition.Never || plans.All(plan => plan.IsExact));
    }

    private static Plan Any(IReadOnlyList<Test> parts, bool negated)
    {
        Plan[] plans = [.. parts.Select(part => Of(part, negated))];
        var isExact = plans.All(plan => plan.IsExact) || plans.Any(plan => plan is { Condition: Condition.Always, IsExact: true });
        return new Plan(Any(plans.Select(plan => plan.Condition)), isExact);
    }
}
