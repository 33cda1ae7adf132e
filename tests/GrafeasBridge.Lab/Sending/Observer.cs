using System.Diagnostics;
using Grafeas.V1;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Lab.Sending;

/// <summary>Asks the bridge what it says of itself, and puts it down beside what senders knew before.</summary>
internal sealed class Observer(Rig rig, Ledger ledger)
{
    private static readonly DeliveryState[] Unsettled = [DeliveryState.Pending, DeliveryState.Delivering, DeliveryState.Waiting, DeliveryState.Drifted];

    private readonly Bridge.BridgeClient bridge = new(rig.Channel);
    private readonly ReceiptBook.ReceiptBookClient book = new(rig.Channel);

    /// <summary>Puts down versions that are not delivered, with the reason, whatever their state.</summary>
    public bool TellsOfUnsettled { get; init; }

    /// <summary>Waits until no version is on its way any more.</summary>
    public async Task SettledAsync(TimeSpan longest, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        while (await FirstUnsettledAsync(stop) is { } version)
        {
            if (Stopwatch.GetElapsedTime(began) > longest)
            {
                throw new TimeoutException(
                    $"After {longest} version {version.Package}/{version.Version} is still {version.State}: {version.LastReason}\n"
                    + string.Join('\n', rig.Bridge.LastLines));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
        }
    }

    /// <summary>Does what a person does about parked versions: asks for them to be delivered again.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RedeliverParkedAsync(CancellationToken stop)
    {
        var count = 0;
        while (true)
        {
            var page = await bridge.ListVersionsAsync(
                new ListVersionsRequest { State = DeliveryState.Parked, PageSize = 1000 }, cancellationToken: stop);
            if (page.Versions.Count == 0)
                return count;
            foreach (var version in page.Versions)
            {
                rig.Journal.Mark($"parked {version.Package}/{version.Version}: {version.LastReason}");
                await bridge.RedeliverAsync(
                    new RedeliverRequest
                    {
                        Target = version.Target,
                        Subject = version.Subject,
                        Repo = version.Repo,
                        Package = version.Package,
                        Version = version.Version,
                    },
                    cancellationToken: stop);
                count++;
            }
        }
    }

    /// <summary>Puts down every version and every occurrence that the bridge tells.</summary>
    public async Task PutDownAsync(CancellationToken stop)
    {
        var request = new ListVersionsRequest { PageSize = 1000 };
        do
        {
            var page = await bridge.ListVersionsAsync(request, cancellationToken: stop);
            await Parallel.ForEachAsync(
                page.Versions,
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = stop },
                async (version, cancel) => await AskAsync(version.Package, version.Version, cancel));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        await PutDownStoredAsync(stop);
        rig.Journal.Flush();
    }

    /// <summary>Asks about versions while all goes on, one after the other, until it is stopped.</summary>
    public async Task WatchAsync(int seed, CancellationToken stop)
    {
        var dice = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await rig.UpAsync(stop);
                if (ledger.All is { Count: > 0 } all)
                {
                    (var package, var version) = all[dice.Next(all.Count)];
                    await AskAsync(package, version, stop);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
            }
            catch (RpcException)
            {
                // Down, or not able: the next question may be answered.
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task AskAsync(string package, string version, CancellationToken stop)
    {
        var known = ledger.Known(package, version);
        var asked = new GetVersionRequest { Target = Rig.Target, Subject = "acme", Repo = "images", Package = package, Version = version };
        var summary = (await bridge.GetVersionAsync(asked, cancellationToken: stop)).Summary;
        if (summary.State == DeliveryState.Parked || (TellsOfUnsettled && summary.State != DeliveryState.Verified))
            rig.Journal.Parked(summary);
        if (summary.State != DeliveryState.Verified)
            return;
        var proof = await book.GetDeliveryProofAsync(
            new GetDeliveryProofRequest { Target = Rig.Target, Subject = "acme", Repo = "images", Package = package, Version = version },
            cancellationToken: stop);
        // A later revision may have been settled in between; its proof says nothing of the answer before.
        if (proof.Revision == summary.Revision)
            rig.Journal.Verified(summary, known, proof);
    }

    private async Task PutDownStoredAsync(CancellationToken stop)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(rig.Channel);
        var request = new ListOccurrencesRequest { Parent = BuildPlan.Parent, PageSize = 1000 };
        do
        {
            var page = await grafeas.ListOccurrencesAsync(request, cancellationToken: stop);
            rig.Journal.Stored(page.Occurrences.Select(o => o.Name));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>How many versions are on their way; of each state at most a page is counted.</summary>
    public async Task<int> UnsettledAsync(CancellationToken stop)
    {
        var count = 0;
        foreach (var state in Unsettled)
        {
            var asked = new ListVersionsRequest { State = state, PageSize = 1000 };
            count += (await bridge.ListVersionsAsync(asked, cancellationToken: stop)).Versions.Count;
        }

        return count;
    }

    private async Task<VersionSummary?> FirstUnsettledAsync(CancellationToken stop)
    {
        foreach (var state in Unsettled)
        {
            var page = await bridge.ListVersionsAsync(new ListVersionsRequest { State = state, PageSize = 1 }, cancellationToken: stop);
            if (page.Versions.Count > 0)
                return page.Versions[0];
        }

        return null;
    }
}
