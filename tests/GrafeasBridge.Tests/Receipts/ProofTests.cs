using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>Proofs of delivery, against what the emulator answers by its own REST API.</summary>
[OnBothStores]
public sealed class ProofTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivered_version_has_a_proof_that_the_targets_own_answer_bears_out()
    {
        await using var host = await BridgeHost.StartAsync();
        await BuildSamples.NoteAsync(host, "ci");
        await BuildSamples.SendAsync(host, "ci", BuildSamples.WithFacts("ci", "1"));
        var verified = await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        var proof = await ProofAsync(host, "1");
        Assert.Equal((verified.SettledRevision, verified.VerifiedTime, "embedded"), (proof.Revision, proof.VerifiedTime, proof.Target));
        Assert.Contains("build.id", proof.Attributes);
        var keys = await Stranger.KeysAsync(host);
        Assert.True(Stranger.Believes(proof, keys));
        Assert.Equal(await ReadBackAsync(host, "1", proof.Attributes), proof.ReadBackHash);
        var json = await host.Rest.GetStringAsync(
            new Uri("/bridge/v1/targets/embedded/subjects/acme/repos/images/packages/team:web/versions/1/proof", UriKind.Relative), Cancelled);
        Assert.Equal(proof, DeliveryProof.Parser.ParseJson(json));

        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1", id: "b-2"));
        await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        var next = await ProofAsync(host, "1");
        Assert.True(next.Revision > proof.Revision);
        Assert.NotEqual(proof.ReadBackHash, next.ReadBackHash);
        Assert.Equal(await ReadBackAsync(host, "1", next.Attributes), next.ReadBackHash);
        Assert.True(Stranger.Believes(proof, keys) && Stranger.Believes(next, keys));
    }

    [Fact]
    public async Task What_was_never_read_back_has_no_proof_and_the_refusal_says_how_far_it_is()
    {
        await using var host = await BridgeHost.StartAsync(
            "Targets:0:Name=away", "Targets:0:BaseUrl=http://127.0.0.1:9", "Targets:0:Username=ci", "Targets:0:ApiKey=0123456789abcdef");
        await BuildSamples.NoteAsync(host, "ci");
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        var refused = await Refusal.OfAsync(StatusCode.FailedPrecondition, Proof(host, "1", "away"));
        Assert.Contains("has not been read back at 'away' yet", refused.Detail, StringComparison.Ordinal);
        await Refusal.OfAsync(StatusCode.NotFound, Proof(host, "2", "away"));
        await Refusal.OfAsync(StatusCode.InvalidArgument, Proof(host, "", "away"));
    }

    /// <summary>As the page of receipts tells it.</summary>
    private static async Task<string> ReadBackAsync(BridgeHost host, string version, IEnumerable<string> names)
    {
        using var http = new HttpClient { BaseAddress = host.Emulator };
        using var answer = JsonDocument.Parse(
            await http.GetStringAsync(new Uri($"packages/acme/images/team:web/versions/{version}/attributes", UriKind.Relative), Cancelled));
        var text = new StringBuilder();
        var carried = answer.RootElement.EnumerateArray().ToDictionary(a => a.GetProperty("name").GetString()!);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            string[] values = [.. carried[name].GetProperty("values").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : v.GetRawText())];
            text.Append(Stranger.Line(name)).Append(Stranger.Line(carried[name].GetProperty("type").GetString()!.ToLowerInvariant()));
            text.Append(Stranger.Line(values.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            foreach (var value in values.Order(StringComparer.Ordinal))
                text.Append(Stranger.Line(value));
        }

        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static async Task<DeliveryProof> ProofAsync(BridgeHost host, string version) => await Proof(host, version);

    private static AsyncUnaryCall<DeliveryProof> Proof(BridgeHost host, string version, string target = "embedded") =>
        new ReceiptBook.ReceiptBookClient(host.Channel).GetDeliveryProofAsync(
            new GetDeliveryProofRequest { Target = target, Subject = "acme", Repo = "images", Package = "team/web", Version = version },
            cancellationToken: Cancelled);
}
