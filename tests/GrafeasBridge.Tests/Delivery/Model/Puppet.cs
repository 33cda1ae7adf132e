using System.Globalization;
using System.Reflection;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using TargetException = GrafeasBridge.Delivery.TargetException;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>What the scripted target carries; shared by the puppets.</summary>
internal sealed class Shelf
{
    private readonly Dictionary<string, CarriedAttribute> attributes = new(StringComparer.Ordinal)
    {
        ["c"] = new CarriedAttribute("c", AttributeType.String, ["somebody's"]),
    };

    private IReadOnlyList<MappedAttribute> kept = [];

    public Carried Carried => new(
        attributes.TryGetValue("a", out var a) ? byte.Parse(a.Values[0], CultureInfo.InvariantCulture) : (byte)0,
        attributes.ContainsKey("b"), attributes.ContainsKey("c"));

    public IReadOnlyList<CarriedAttribute> Read() => [.. attributes.Values];

    public void Set(IEnumerable<MappedAttribute> wanted)
    {
        foreach (var attribute in wanted)
            attributes[attribute.Name] = new CarriedAttribute(attribute.Name, attribute.Type, attribute.Values);
    }

    /// <summary>A write that lands only when it is let.</summary>
    public void Keep(IReadOnlyList<MappedAttribute> wanted) => kept = wanted;

    public void Land()
    {
        Set(kept);
        kept = [];
    }

    public void Remove(IEnumerable<string> names)
    {
        foreach (var name in names)
            attributes.Remove(name);
    }
}

/// <summary>
/// A real <see cref="VersionReconciler"/> at work on one claim, or a real <see cref="DriftChecker"/> at one version at rest, held before
/// each call to the store or the target until a test says how the call ends.
/// </summary>
/// <param name="firstRead">Where it stands before it reads the target for the first time.</param>
internal sealed class Puppet(Shelf shelf, At firstRead) : ITarget, IDisposable
{
    private readonly CancellationTokenSource abandon = new();
    private TaskCompletionSource<Verb> leave = new();
    private TaskCompletionSource<At> arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task work = Task.CompletedTask;
    private bool hasRead;

    /// <summary>What a failing call says: that the version must be parked, or that it may be tried again.</summary>
    public bool FailsForGood { get; set; }

    /// <summary>Begins to work.</summary>
    /// <param name="work">Given the store and the target's record, with this as the target.</param>
    /// <returns>The first call that it is about to make.</returns>
    public async Task<At> StartAsync(
        IBridgeStore store, DeliveryOptions options, TimeProvider clock, Func<IBridgeStore, DeliveryTarget, CancellationToken, Task> work)
    {
        var limiter = new AdaptiveRateLimiter(new TargetOptions { Name = "bintray" }, options, clock, NullLogger.Instance);
        var target = new DeliveryTarget("bintray", new TargetOptions(), this, limiter);
        this.work = WorkAsync(() => work(HeldStore.Around(store, HoldAsync), target, abandon.Token));
        return await arrived.Task.WaitAsync(Patience.Long);
    }

    /// <summary>Lets it make the call before which it stands.</summary>
    /// <returns>The next call that it is about to make; idle when it has ended.</returns>
    public async Task<At> GoOnAsync(Verb verb)
    {
        arrived = new TaskCompletionSource<At>(TaskCreationOptions.RunContinuationsAsynchronously);
        leave.SetResult(verb);
        var at = await arrived.Task.WaitAsync(Patience.Long);
        if (at == At.Idle)
            await work;
        return at;
    }

    /// <summary>Ends it where it stands, as a stop that cannot wait does, or (with nobody to tell the store) a crash.</summary>
    public async Task StopAsync()
    {
        await abandon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    public async Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        var verb = await HoldAsync(hasRead ? At.ReadingBack : firstRead, cancellationToken);
        hasRead = true;
        return verb is Verb.ReadTarget or Verb.ReadBack or Verb.Look ? shelf.Read() : throw Failure();
    }

    public bool Same(MappedAttribute wanted, CarriedAttribute carried) => AttributeValues.Same(wanted.Type, wanted.Values, carried.Values);

    public Task PrepareAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The version is always there.");

    public async Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken)
    {
        var verb = await HoldAsync(At.Setting, cancellationToken);
        if (verb is Verb.Set or Verb.SetAnswerLost)
            shelf.Set(attributes);
        if (verb == Verb.SetKeptByTheNetwork)
            shelf.Keep(attributes);
        if (verb is Verb.SetRefused or Verb.SetAnswerLost or Verb.SetKeptByTheNetwork)
            throw Failure();
    }

    public async Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var verb = await HoldAsync(At.Removing, cancellationToken);
        if (verb is Verb.Remove or Verb.RemoveAnswerLost)
            shelf.Remove(names);
        if (verb is Verb.RemoveRefused or Verb.RemoveAnswerLost)
            throw Failure();
    }

    public void Dispose() => abandon.Dispose();

    private async Task WorkAsync(Func<Task> toDo)
    {
        await Task.Yield();
        try
        {
            await toDo();
        }
        finally
        {
            arrived.TrySetResult(At.Idle);
        }
    }

    private async Task<Verb> HoldAsync(At at, CancellationToken cancellationToken)
    {
        // Who looks maps only what differs: one step with the reading.
        if (at == At.Claimed && firstRead == At.Listed)
            return Verb.ReadOccurrences;
        leave = new TaskCompletionSource<Verb>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = leave.Task;
        arrived.SetResult(at);
        return await answer.WaitAsync(cancellationToken);
    }

    private TargetException Failure() =>
        new(FailsForGood ? DeliveryOutcome.Rejected : DeliveryOutcome.Unreachable, "The script says so.");
}

/// <summary>The real store, that holds a worker before each of its calls.</summary>
internal class HeldStore : DispatchProxy
{
    private IBridgeStore store = null!;
    private Func<At, CancellationToken, Task<Verb>> hold = null!;

    public static IBridgeStore Around(IBridgeStore store, Func<At, CancellationToken, Task<Verb>> hold)
    {
        var proxy = Create<IBridgeStore, HeldStore>();
        var held = (HeldStore)(object)proxy;
        held.store = store;
        held.hold = hold;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => (targetMethod!.Name, args) switch
    {
        (nameof(IBridgeStore.ReadOccurrencesOfAsync), [VersionCoordinates version, CancellationToken stop]) => ReadAsync(version, stop),
        (nameof(IBridgeStore.FindFoldedAsync), [VersionCoordinates version, CancellationToken stop]) => store.FindFoldedAsync(version, stop),
        (nameof(IBridgeStore.CountFoldedAsync), [VersionCoordinates version, CancellationToken stop]) => store.CountFoldedAsync(version, stop),
        (nameof(IBridgeStore.RecordIntentAsync), [ClaimedVersion version, IReadOnlyList<string> owned, CancellationToken stop]) =>
            ThenAsync(At.Planned, () => store.RecordIntentAsync(version, owned, stop), stop),
        (nameof(IBridgeStore.SettleAsync), [ClaimedVersion version, Settlement settlement, CancellationToken stop]) =>
            ThenAsync(Settles(settlement), () => store.SettleAsync(version, settlement, stop), stop),
        (nameof(IBridgeStore.RecordCheckAsync), [RestingVersion version, CheckResult result, CancellationToken stop]) =>
            ThenAsync(
                result.State == DeliveryState.Verified ? At.SeenSame : At.SeenDrift, () => store.RecordCheckAsync(version, result, stop), stop),
        _ => throw new NotSupportedException($"A worker does not call {targetMethod.Name}."),
    };

    /// <summary>Before settling, what it would settle is the place where it stands.</summary>
    private static At Settles(Settlement settlement) => settlement switch
    {
        { State: DeliveryState.Verified } => At.Verified,
        { Outcome: nameof(DeliveryOutcome.ReadBackMismatch) } => At.Differs,
        _ => At.Failed,
    };

    private async IAsyncEnumerable<byte[]> ReadAsync(
        VersionCoordinates version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await hold(At.Claimed, stop);
        await foreach (var content in store.ReadOccurrencesOfAsync(version, stop))
            yield return content;
    }

    private async Task<T> ThenAsync<T>(At at, Func<Task<T>> call, CancellationToken stop)
    {
        await hold(at, stop);
        return await call();
    }
}
