using System.Collections.Concurrent;
using System.Globalization;
using GrafeasBridge.Delivery;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Lab.Host;

/// <summary>The mutant that ignores the read-back: after a write it believes that the target carries what it was told to.</summary>
internal sealed class CredulousTarget(ITarget target) : ITarget
{
    private readonly ConcurrentDictionary<VersionCoordinates, Dictionary<string, CarriedAttribute>> believed = new();
    private readonly ConcurrentDictionary<VersionCoordinates, bool> written = new();

    public bool Same(MappedAttribute wanted, CarriedAttribute carried) => target.Same(wanted, carried);

    public async Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        if (written.TryRemove(version, out _))
            return [.. believed[version].Values];
        var carried = await target.ReadAsync(version, cancellationToken);
        believed[version] = carried.ToDictionary(one => one.Name, StringComparer.Ordinal);
        return carried;
    }

    public Task PrepareAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken) =>
        target.PrepareAsync(version, missing, cancellationToken);

    public async Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken)
    {
        await target.SetAsync(version, attributes, cancellationToken);
        var all = Believed(version);
        foreach (var one in attributes)
            all[one.Name] = new CarriedAttribute(one.Name, one.Type, [.. one.Values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)!)]);
    }

    public async Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await target.RemoveAsync(version, names, cancellationToken);
        var all = Believed(version);
        foreach (var name in names)
            all.Remove(name);
    }

    private Dictionary<string, CarriedAttribute> Believed(VersionCoordinates version)
    {
        written[version] = true;
        return believed.GetOrAdd(version, _ => new Dictionary<string, CarriedAttribute>(StringComparer.Ordinal));
    }
}
