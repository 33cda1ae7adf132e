namespace GrafeasBridge.Store;

/// <summary>What every store does alike, whatever its database: it knows its targets, wakes their workers, and refuses calls while it is not open.</summary>
internal abstract class StoreBase
{
    private readonly Dictionary<string, DirtySignal> signals;
    private int closing;

    protected StoreBase(StoreOptions options, ConfiguredTargets targets, TimeProvider clock)
    {
        (Options, Clock, TargetNames) = (options, clock, [.. targets.Names]);
        signals = TargetNames.ToDictionary(name => name, _ => new DirtySignal());
    }

    protected StoreOptions Options { get; }

    protected TimeProvider Clock { get; }

    protected string[] TargetNames { get; }

    protected abstract bool IsOpen { get; }

    public Task WaitForDirtyAsync(string target, CancellationToken cancellationToken) =>
        signals.TryGetValue(target, out var signal)
            ? WaitAsync(signal, cancellationToken)
            : throw new ArgumentException($"Target {target} is not configured.", nameof(target));

    protected virtual Task WaitAsync(DirtySignal signal, CancellationToken cancellationToken) => signal.WaitAsync(cancellationToken);

    /// <param name="target">May have left the configuration, or never have been in this bridge's. Empty for all.</param>
    protected void Wake(string target)
    {
        foreach (var (name, signal) in signals)
        {
            if (target.Length == 0 || name == target)
                signal.Set();
        }
    }

    /// <summary>False when the store is closing already.</summary>
    protected bool TryClose() => Interlocked.Exchange(ref closing, 1) == 0;

    protected void ThrowIfNotOpen()
    {
        if (!IsOpen || closing != 0)
            throw StoreRefusals.NotOpen();
    }

    protected static void ThrowIfNotOneEach(IReadOnlyList<byte[]> states, ExpiredPart part)
    {
        if (states.Count != part.Versions.Count)
            throw new ArgumentException($"There are {states.Count} states for {part.Versions.Count} versions.", nameof(states));
    }
}
