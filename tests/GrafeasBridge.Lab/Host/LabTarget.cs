using System.Collections.Concurrent;
using GrafeasBridge.Delivery;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Lab.Host;

/// <summary>A target, with a point before and after each call.</summary>
internal sealed class LabTarget(ITarget target, Passings passings) : ITarget
{
    private const string Read = "target.read";
    private const string Prepare = "target.prepare";
    private const string Set = "target.set";
    private const string Remove = "target.remove";
    private const string ReadBack = "target.read-back";

    // A read that follows a write is the read-back.
    private readonly ConcurrentDictionary<VersionCoordinates, bool> written = new();

    public static IReadOnlyList<string> Verbs { get; } = [Read, Prepare, Set, Remove, ReadBack];

    public bool Same(MappedAttribute wanted, CarriedAttribute carried) => target.Same(wanted, carried);

    public async Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        var verb = written.TryRemove(version, out _) ? ReadBack : Read;
        await passings.PassAsync(CrashPoints.Before(verb));
        var carried = await target.ReadAsync(version, cancellationToken);
        await passings.PassAsync(CrashPoints.After(verb));
        return carried;
    }

    public async Task PrepareAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken)
    {
        await passings.PassAsync(CrashPoints.Before(Prepare));
        await target.PrepareAsync(version, missing, cancellationToken);
        await passings.PassAsync(CrashPoints.After(Prepare));
    }

    public async Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken)
    {
        await passings.PassAsync(CrashPoints.Before(Set));
        await target.SetAsync(version, attributes, cancellationToken);
        written[version] = true;
        await passings.PassAsync(CrashPoints.After(Set));
    }

    public async Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await passings.PassAsync(CrashPoints.Before(Remove));
        await target.RemoveAsync(version, names, cancellationToken);
        written[version] = true;
        await passings.PassAsync(CrashPoints.After(Remove));
    }
}
