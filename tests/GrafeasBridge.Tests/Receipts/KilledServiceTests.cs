using Grafeas.V1;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>kill -9 while receipts are given: none is without its occurrence.</summary>
[OnBothStores]
[RunIn(LongerRun.Default)]
public sealed class KilledServiceTests
{
    private const int Receipts = 150;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_receipt_that_was_given_before_a_kill_is_borne_out_after_it()
    {
        using var folder = new TemporaryFolder();
        var ports = ServiceProcess.FreePorts(3);
        await using var bridge = await ServiceProcess.StartAsync(
            "GrafeasBridge.dll",
            new Uri($"http://127.0.0.1:{ports[1]}/readyz"),
            [.. BridgeHost.Settings(
                folder.Path,
                [$"Listen:Grpc=http://127.0.0.1:{ports[0]}", $"Listen:Http=http://127.0.0.1:{ports[1]}", $"Emulator:Listen=http://127.0.0.1:{ports[2]}", "Receipts:InReplies=Always"])]);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ports[0]}");
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(channel);
        await grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/ci", NoteId = "build", Note = new Note { Build = new BuildNote { BuilderVersion = "1" } } }, cancellationToken: Cancelled);

        var given = new List<Receipt>();
        using var enough = new SemaphoreSlim(0);
        Task[] senders = [.. Enumerable.Range(0, 4).Select(_ => SendUntilGoneAsync(grafeas, given, enough))];
        for (var i = 0; i < Receipts; i++)
            await enough.WaitAsync(Cancelled);
        await bridge.KillAsync();
        await Task.WhenAll(senders);
        await bridge.RestartAsync();

        var book = new ReceiptBook.ReceiptBookClient(channel);
        var keys = await book.ListReceiptKeysAsync(new ListReceiptKeysRequest(), cancellationToken: Cancelled);
        Assert.True(given.Count >= Receipts);
        Assert.Equal(given.Count, given.Select(receipt => receipt.Sequence).Distinct().Count());
        foreach (var receipt in given)
        {
            Assert.True(Stranger.Believes(receipt, keys));
            var stored = await grafeas.GetOccurrenceAsync(new GetOccurrenceRequest { Name = receipt.Occurrence }, cancellationToken: Cancelled);
            Assert.Equal(receipt.ContentHash, Stranger.HashOf(stored));
        }
    }

    private static async Task SendUntilGoneAsync(Grafeas.V1.Grafeas.GrafeasClient grafeas, List<Receipt> given, SemaphoreSlim enough)
    {
        while (true)
        {
            using var call = grafeas.CreateOccurrenceAsync(
                new CreateOccurrenceRequest { Parent = "projects/ci", Occurrence = BuildSamples.Of("ci", "1") }, cancellationToken: Cancelled);
            try
            {
                await call;
            }
            catch (RpcException gone) when (gone.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
            {
                return; // killed
            }

            lock (given)
                given.Add(Assert.Single(Stranger.Receipts(call.GetTrailers())));
            enough.Release();
        }
    }
}
