using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Api;
using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using GrafeasBridge.V1;

namespace GrafeasBridge.Query;

/// <summary>Reads a version at its target, for who asks, and says how it differs from what is wanted. Writes nothing.</summary>
internal sealed class VersionComparer(TargetRegistry targets, IBridgeStore store, TimeProvider clock)
{
    // A target's calls are for deliveries; people get a few.
    private const int AtOnce = 4;

    private int running;

    /// <param name="wanted">What the version should carry.</param>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when others compare already.</exception>
    public async Task<VersionComparison> CompareAsync(
        VersionRow row, IReadOnlyList<Mapping.MappedAttribute> wanted, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref running) > AtOnce)
                throw Errors.TooLarge($"{AtOnce} comparisons with targets run already, which is the most; ask again in a moment.");
            return await ReadAsync(row, wanted, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private async Task<VersionComparison> ReadAsync(
        VersionRow row, IReadOnlyList<Mapping.MappedAttribute> wanted, CancellationToken cancellationToken)
    {
        var comparison = new VersionComparison { ReadTime = Timestamp.FromDateTimeOffset(clock.GetUtcNow()) };
        var target = targets.All.FirstOrDefault(t => t.Name == row.Target);
        if (target is null)
            return Because(comparison, $"The target '{row.Target}' is no longer configured.");
        if (target.RateLimiter.Status().PausedUntil is { } until)
            return Because(comparison, $"The target is left alone until {until:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        try
        {
            var carried = await target.Api.ReadAsync(row.Coordinates, cancellationToken);
            var delivered = await store.FindDeliveredAsync(row.Target, row.Coordinates, cancellationToken);
            Differ(comparison, wanted, carried, AttributePlan.Make(wanted, carried, delivered?.ReadBack.Names ?? [], target.Api.Same));
            return comparison;
        }
        catch (TargetException failure)
        {
            return Because(comparison, failure.Message);
        }
    }

    private static void Differ(
        VersionComparison comparison, IReadOnlyList<Mapping.MappedAttribute> wanted, IReadOnlyList<CarriedAttribute> carried, AttributePlan plan)
    {
        comparison.Equal = plan.IsEmpty;
        foreach (var name in plan.Set.Select(a => a.Name).Concat(plan.Remove))
        {
            comparison.Differences.Add(new AttributeDifference
            {
                Name = name,
                Wanted = { wanted.Where(a => a.Name == name).SelectMany(a => a.Values) },
                Carried = { carried.LastOrDefault(a => a.Name == name)?.Values ?? [] },
            });
        }
    }

    private static VersionComparison Because(VersionComparison comparison, string problem)
    {
        comparison.Problem = problem;
        return comparison;
    }
}
