using GrafeasBridge.Delivery.Http;

namespace GrafeasBridge.Delivery;

/// <summary>One kind of target: a folder of its own, and the line in Program.cs that registers it.</summary>
internal interface ITargetKind
{
    /// <summary>What <c>Targets:N:Kind</c> calls it.</summary>
    string Name { get; }

    /// <summary>False when its targets come by themselves, so that no setting may name it.</summary>
    bool IsConfigurable { get; }

    /// <summary>Reads the settings of one target.</summary>
    /// <param name="section"><c>Targets:N</c>.</param>
    /// <param name="problems">Gets a sentence for each key that is no setting of this kind.</param>
    TargetOptions Bind(IConfigurationSection section, ICollection<string> problems);

    /// <summary>What is wrong with the settings that only this kind has, each in a sentence with its key, its value and the remedy.</summary>
    IEnumerable<string> Problems(TargetOptions options);

    /// <param name="options">As bound, and found right.</param>
    /// <param name="parts">What it may be made of.</param>
    ITarget Create(TargetOptions options, TargetParts parts);
}

/// <summary>A kind whose settings are properties of a class.</summary>
internal abstract class TargetKind<TOptions>(string name) : ITargetKind
    where TOptions : TargetOptions, new()
{
    private static readonly HashSet<string> Known = typeof(TOptions).GetProperties().Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public string Name => name;

    public virtual bool IsConfigurable => true;

    public TargetOptions Bind(IConfigurationSection section, ICollection<string> problems)
    {
        var options = new TOptions { Key = section.Path };
        section.Bind(options);
        options.Kind = Name;
        foreach (var unknown in section.GetChildren().Where(s => !Known.Contains(s.Key)))
            problems.Add($"{unknown.Path} is not a setting of a target of kind {Name}; remove it or correct its spelling.");
        return options;
    }

    public IEnumerable<string> Problems(TargetOptions options) => Problems((TOptions)options);

    public ITarget Create(TargetOptions options, TargetParts parts) => Create((TOptions)options, parts);

    protected abstract IEnumerable<string> Problems(TOptions options);

    protected abstract ITarget Create(TOptions options, TargetParts parts);
}
