using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>What was stored by a release that kept nothing for receipts.</summary>
public sealed class OlderOccurrenceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [OwnStore]
    [Fact]
    public async Task An_occurrence_from_before_receipts_gets_one_until_it_is_updated_and_a_version_after_it_is_read_back_again()
    {
        using var folder = new TemporaryFolder();
        Receipt receipt;
        await using (var host = await BridgeHost.StartInAsync(folder.Path))
        {
            await BuildSamples.NoteAsync(host, "ci");
            receipt = Assert.Single(Stranger.Receipts((await Stranger.SendAsync(host, requestId: "r")).Trailers));
            await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        }

        using (var file = SqliteDatabase.Open(folder.File("bridge.db"), readOnly: false, TimeSpan.FromSeconds(1)))
            file.Execute("update occurrences set created_digest = null; update versions set read_back = null, read_back_names = null");
        await using var later = await BridgeHost.StartInAsync(folder.Path);
        Assert.Equal(receipt, await Stranger.GetAsync(later, receipt.Occurrence));
        Assert.Equal(receipt, Assert.Single(Stranger.Receipts((await Stranger.SendAsync(later, requestId: "r")).Trailers)));
        var book = new ReceiptBook.ReceiptBookClient(later.Channel);
        var asked = new GetDeliveryProofRequest { Target = "embedded", Subject = "acme", Repo = "images", Package = "team/web", Version = "1" };
        var unread = await Refusal.OfAsync(StatusCode.FailedPrecondition, book.GetDeliveryProofAsync(asked, cancellationToken: Cancelled));
        Assert.Contains("Redeliver it", unread.Detail, StringComparison.Ordinal);

        await new Grafeas.V1.Grafeas.GrafeasClient(later.Channel).UpdateOccurrenceAsync(
            new Grafeas.V1.UpdateOccurrenceRequest
            {
                Name = receipt.Occurrence,
                Occurrence = new Grafeas.V1.Occurrence { Remediation = "none" },
                UpdateMask = new() { Paths = { "remediation" } },
            },
            cancellationToken: Cancelled);
        var unknown = await Refusal.OfAsync(
            StatusCode.FailedPrecondition, book.GetReceiptAsync(new GetReceiptRequest { Name = receipt.Occurrence }, cancellationToken: Cancelled));
        Assert.Contains("its first content is no longer known", unknown.Detail, StringComparison.Ordinal);
        var (_, trailers) = await Stranger.SendAsync(later, requestId: "r");
        Assert.Equal("1", trailers.GetValue("grafeasbridge-receipts-omitted"));
        await BuildSamples.UntilAsync(later, BuildSamples.Version("1"), DeliveryState.Verified);
        Assert.True(Stranger.Believes(await book.GetDeliveryProofAsync(asked, cancellationToken: Cancelled), await Stranger.KeysAsync(later)));
    }
}
