using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store;

/// <summary>Which rows may be meant: what the indexes of versions are asked for.</summary>
/// <param name="Targets">None when no row can be meant.</param>
/// <param name="States">None when no row can be meant.</param>
internal sealed record VersionProposal(VersionFilter Filter, IReadOnlyList<string> Targets, IReadOnlyList<DeliveryState> States)
{
    public static IReadOnlyList<DeliveryState> AllStates { get; } = Enum.GetValues<DeliveryState>();

    /// <param name="configured">Targets to show when the filter names none.</param>
    public static VersionProposal Of(VersionFilter filter, IReadOnlyList<string> configured) =>
        new(filter, filter.Target is null ? configured : [filter.Target], filter.State is { } state ? [state] : AllStates);

    /// <summary>
    /// A target or a state is left out when nothing in it can fulfil the condition, however that is put together. A package, or a
    /// version, is looked up when all parts of its name must be equal to something.
    /// </summary>
    public static VersionProposal Of(VersionFilter filter, IReadOnlyList<string> configured, Condition condition)
    {
        var all = filter.State is { } one ? [one] : AllStates;
        var named = filter.Target is { } target ? [target] : configured;
        var states = all.Where(state => named.Any(name => VersionTest.MayHold(condition, name, state))).ToList();
        var targets = named.Where(name => states.Any(state => VersionTest.MayHold(condition, name, state))).ToList();
        return new VersionProposal(Named(filter, condition, states), targets, states);
    }

    private static VersionFilter Named(VersionFilter filter, Condition condition, List<DeliveryState> states)
    {
        var parts = condition is Condition.All all ? all.Parts : [condition];
        string? Equal(Column column) => parts.OfType<Condition.CompareText>()
            .FirstOrDefault(part => part.Column == column && part.Comparison == Comparison.Equal)?.Value;

        var whole = filter with
        {
            Subject = filter.Subject ?? Equal(Column.Subject),
            Repo = filter.Repo ?? Equal(Column.Repo),
            Package = filter.Package ?? Equal(Column.Package),
            Version = filter.Version ?? Equal(Column.Version),
        };
        if (whole is not { Subject: not null, Repo: not null, Package: not null })
            return filter;
        // Most rows are verified: those of the other states are fewer than those of a package may be.
        return whole.Version is not null || states.Contains(DeliveryState.Verified) ? whole : filter;
    }
}
