using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Lab.Host;

/// <summary>The store, with a point before and after each verb of the journey.</summary>
internal class LabStore : DispatchProxy
{
    private static readonly MethodInfo TellsGeneric =
        typeof(LabStore).GetMethod(nameof(TellsAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private IBridgeStore store = null!;
    private Passings passings = null!;

    /// <summary>From the method to the verb that points are named after.</summary>
    public static IReadOnlyDictionary<string, string> Verbs { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [nameof(IBridgeStore.OpenAsync)] = "open",
        [nameof(IBridgeStore.EnsureTargetsAsync)] = "ensure-targets",
        [nameof(IBridgeStore.AddSigningKeyAsync)] = "add-signing-key",
        [nameof(IBridgeStore.AddNotesAsync)] = "add-notes",
        [nameof(IBridgeStore.AddOccurrencesAsync)] = "add-occurrences",
        [nameof(IBridgeStore.ClaimAsync)] = "claim",
        [nameof(IBridgeStore.ClaimPoisonCandidateAsync)] = "claim-poison-candidate",
        [nameof(IBridgeStore.ReadOccurrencesOfAsync)] = "map",
        [nameof(IBridgeStore.RecordIntentAsync)] = "intent",
        [nameof(IBridgeStore.SettleAsync)] = "settle",
        [nameof(IBridgeStore.ReleaseAsync)] = "release",
        [nameof(IBridgeStore.RedeliverAsync)] = "redeliver",
    };

    public static IBridgeStore Around(IBridgeStore store, Passings passings)
    {
        var proxy = Create<IBridgeStore, LabStore>();
        var lab = (LabStore)(object)proxy;
        (lab.store, lab.passings) = (store, passings);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        object? Call() => targetMethod!.Invoke(store, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture);

        if (!Verbs.TryGetValue(targetMethod!.Name, out var verb))
            return Call();
        if (targetMethod.Name == nameof(IBridgeStore.ReadOccurrencesOfAsync))
            return ReadAsync(verb, (VersionCoordinates)args![0]!, (CancellationToken)args[1]!);
        if (targetMethod.ReturnType == typeof(Task))
            return DoesAsync(verb, () => (Task)Call()!);
        return TellsGeneric.MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(this, [verb, (Func<object?>)Call]);
    }

    private async Task DoesAsync(string verb, Func<Task> call)
    {
        await passings.PassAsync(CrashPoints.Before(verb));
        await call();
        await passings.PassAsync(CrashPoints.After(verb));
    }

    private async Task<T> TellsAsync<T>(string verb, Func<object?> call)
    {
        await passings.PassAsync(CrashPoints.Before(verb));
        var answer = await (Task<T>)call()!;
        // A worker that found nothing to do is nowhere on the journey.
        if (answer is not (null or Claim { Versions.Count: 0 }))
            await passings.PassAsync(CrashPoints.After(verb));
        return answer;
    }

    private async IAsyncEnumerable<byte[]> ReadAsync(
        string verb, VersionCoordinates version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await passings.PassAsync(CrashPoints.Before(verb));
        await foreach (var content in store.ReadOccurrencesOfAsync(version, cancellationToken))
            yield return content;
        await passings.PassAsync(CrashPoints.After(verb));
    }
}
