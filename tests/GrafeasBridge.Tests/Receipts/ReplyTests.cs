using System.Net;
using System.Text;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Tests.Ingest;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Rest;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Service = Grafeas.V1.Grafeas;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>What the reply to a create carries, by both dialects.</summary>
[OnBothStores]
public sealed class ReplyTests(BridgeFixture fixture) : IClassFixture<BridgeFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private BridgeHost Host => fixture.Host;

    [Fact]
    public async Task A_reply_over_grpc_carries_a_receipt_of_what_it_says_is_stored()
    {
        await BuildSamples.NoteAsync(Host, "grpc");
        var (stored, trailers) = await Stranger.SendAsync(Host, project: "grpc");
        var receipt = Assert.Single(Stranger.Receipts(trailers));
        Assert.Equal((stored.Name, stored.CreateTime), (receipt.Occurrence, receipt.CreateTime));
        Assert.Equal(Stranger.HashOf(stored), receipt.ContentHash);
        Assert.True(receipt.Sequence > 0);
        Assert.True(Stranger.Believes(receipt, await Stranger.KeysAsync(Host)));
        Assert.Equal(receipt, await Stranger.GetAsync(Host, stored.Name));
        var (_, next) = await Stranger.SendAsync(Host, project: "grpc");
        Assert.True(Assert.Single(Stranger.Receipts(next)).Sequence > receipt.Sequence);
    }

    [Fact]
    public async Task A_reply_over_rest_carries_it_in_a_header()
    {
        await BuildSamples.NoteAsync(Host, "rest");
        var answer = await PostAsync("/v1/projects/rest/occurrences", JsonFormatter.Default.Format(BuildSamples.Of("rest", "1")));
        var receipt = Receipt.Parser.ParseJson(Assert.Single(answer.Headers.GetValues("grafeasbridge-receipt")));
        var stored = Occurrence.Parser.ParseJson(await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal((stored.Name, Stranger.HashOf(stored)), (receipt.Occurrence, receipt.ContentHash));
        Assert.True(Stranger.Believes(receipt, await Stranger.KeysAsync(Host)));
        var again = Receipt.Parser.ParseJson(
            await Host.Rest.GetStringAsync(new Uri($"/bridge/v1/{stored.Name}/receipt", UriKind.Relative), Cancelled));
        Assert.Equal(receipt, again);
    }

    [Theory]
    [InlineData("a\nb:ü€😀")]
    [InlineData("\"quoted\\\u007f")]
    public async Task A_name_with_anything_in_it_is_signed_as_it_is(string project)
    {
        await BuildSamples.NoteAsync(Host, project);
        var occurrence = BuildSamples.Of(project, "1");
        var (stored, trailers) = await Stranger.SendAsync(Host, occurrence, project);
        var receipt = Assert.Single(Stranger.Receipts(trailers));
        Assert.Equal(stored.Name, receipt.Occurrence);
        Assert.True(Stranger.Believes(receipt, await Stranger.KeysAsync(Host)));
        var header = GrafeasBridge.Receipts.ReplyReceipts.Ascii(receipt);
        Assert.True(Ascii.IsValid(header) && !header.Any(char.IsControl), header);
        Assert.Equal(receipt, Receipt.Parser.ParseJson(header));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("yes")]
    public async Task Who_does_not_ask_gets_none(string wanted)
    {
        await BuildSamples.NoteAsync(Host, wanted);
        var (_, trailers) = await Stranger.SendAsync(Host, project: wanted, wanted: wanted);
        Assert.DoesNotContain(trailers, entry => entry.Key.StartsWith("grafeasbridge-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_carries_all_of_its_receipts_in_order_or_says_how_many_it_leaves_out()
    {
        await BuildSamples.NoteAsync(Host, "batch");
        var (few, trailers) = await BatchAsync(8);
        Assert.Equal(few.Occurrences.Select(o => (o.Name, Stranger.HashOf(o))), Stranger.Receipts(trailers).Select(r => (r.Occurrence, r.ContentHash)));
        Assert.True(Size(trailers) < 8 * 1024);
        foreach (var count in new[] { 16, 1000 })
        {
            var (many, none) = await BatchAsync(count);
            if (Stranger.Receipts(none).Length != count)
            {
                Assert.Empty(Stranger.Receipts(none));
                Assert.Equal(many.Occurrences.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), none.GetValue("grafeasbridge-receipts-omitted"));
            }

            Assert.True(Size(none) < 8 * 1024);
            Assert.True(Stranger.Believes(await Stranger.GetAsync(Host, many.Occurrences[^1].Name), await Stranger.KeysAsync(Host)));
        }
    }

    [Fact]
    public async Task A_report_of_a_build_carries_a_receipt_for_each_artifact()
    {
        using var call = new Builds.BuildsClient(Host.Channel).ReportBuildAsync(
            BuildsTests.Report(("h.example/a:1", "a"), ("h.example/b:1", "b")),
            new Grpc.Core.Metadata { { "x-grafeasbridge-receipt", "true" } }, cancellationToken: Cancelled);
        var answer = await call;
        Assert.Equal(answer.Artifacts.Select(a => a.Occurrence), Stranger.Receipts(call.GetTrailers()).Select(r => r.Occurrence));
    }

    [Fact]
    public async Task The_same_request_again_gets_the_same_receipt_also_after_an_update()
    {
        await BuildSamples.NoteAsync(Host, "again");
        var (stored, first) = await Stranger.SendAsync(Host, project: "again", requestId: "r-1");
        var (_, second) = await Stranger.SendAsync(Host, project: "again", requestId: "r-1");
        Assert.Equal(Stranger.Receipts(first), Stranger.Receipts(second));

        var changed = await new Service.GrafeasClient(Host.Channel).UpdateOccurrenceAsync(
            new UpdateOccurrenceRequest { Name = stored.Name, Occurrence = new Occurrence { Remediation = "none" }, UpdateMask = new() { Paths = { "remediation" } } },
            cancellationToken: Cancelled);
        Assert.NotEqual(Stranger.HashOf(stored), Stranger.HashOf(changed));
        Assert.Equal(Stranger.Receipts(first)[0], await Stranger.GetAsync(Host, stored.Name));
        var (_, third) = await Stranger.SendAsync(Host, project: "again", requestId: "r-1");
        Assert.Equal(Stranger.Receipts(first), Stranger.Receipts(third));
    }

    [Fact]
    public async Task What_is_refused_gets_no_receipt()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Stranger.SendAsync(Host, project: "no-note"));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Empty(Stranger.Receipts(refused.Trailers));
        await Refusals.OfAsync(
            new ReceiptBook.ReceiptBookClient(Host.Channel).GetReceiptAsync(
                new GetReceiptRequest { Name = "projects/no-note/occurrences/x" }, cancellationToken: Cancelled),
            StatusCode.NotFound);
    }

    [Theory]
    [InlineData("Always", 1)]
    [InlineData("Never", 0)]
    public async Task The_setting_says_when_replies_carry_receipts(string setting, int count)
    {
        await using var host = await BridgeHost.StartAsync("Receipts:InReplies=" + setting);
        await BuildSamples.NoteAsync(host, "ci");
        var (stored, trailers) = await Stranger.SendAsync(host, wanted: setting == "Always" ? "false" : "true");
        Assert.Equal(count, Stranger.Receipts(trailers).Length);
        Assert.Equal(stored.Name, (await Stranger.GetAsync(host, stored.Name)).Occurrence);
    }

    private static int Size(Grpc.Core.Metadata trailers) =>
        trailers.Sum(entry => entry.Key.Length + (entry.IsBinary ? (entry.ValueBytes.Length + 2) / 3 * 4 : entry.Value.Length));

    private async Task<(BatchCreateOccurrencesResponse Answer, Grpc.Core.Metadata Trailers)> BatchAsync(int count)
    {
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/batch" };
        request.Occurrences.AddRange(Enumerable.Range(0, count).Select(i => BuildSamples.Of("batch", "1", id: $"b-{i}")));
        using var call = new Service.GrafeasClient(Host.Channel).BatchCreateOccurrencesAsync(
            request, new Grpc.Core.Metadata { { "x-grafeasbridge-receipt", "true" } }, cancellationToken: Cancelled);
        return (await call, call.GetTrailers());
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("x-grafeasbridge-receipt", "true");
        var answer = await Host.Rest.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }
}
