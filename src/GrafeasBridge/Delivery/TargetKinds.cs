namespace GrafeasBridge.Delivery;

/// <summary>The kinds of targets that this program has.</summary>
internal sealed class TargetKinds(IEnumerable<ITargetKind> kinds)
{
    private readonly ITargetKind[] all = [.. kinds];

    /// <summary>The kind of a target that was bound.</summary>
    public ITargetKind Of(TargetOptions target) => all.Single(kind => kind.Name == target.Kind);

    /// <summary>Reads one target after the other, so that each knows its key and a misspelt setting is noticed.</summary>
    public void Bind(IConfigurationSection targets, TargetsOptions options)
    {
        ITargetKind[] configurable = [.. all.Where(kind => kind.IsConfigurable)];
        var names = string.Join(", ", configurable.Select(kind => kind.Name));
        foreach (var section in targets.GetChildren())
        {
            var named = section[nameof(TargetOptions.Kind)];
            var kind = string.IsNullOrEmpty(named)
                ? configurable.FirstOrDefault()
                : Array.Find(all, kind => kind.Name.Equals(named, StringComparison.OrdinalIgnoreCase));
            if (kind is { IsConfigurable: true })
                options.Targets.Add(kind.Bind(section, options.Problems));
            else if (kind is not null)
                options.Problems.Add($"{section.Path}:Kind is {kind.Name}, whose target comes by itself when none is configured; set it to one of: {names}.");
            else
                options.Problems.Add($"{section.Path}:Kind is '{Text.OneLine(named ?? "", 80)}', which is no kind of target; set it to one of: {names}.");
        }
    }
}
