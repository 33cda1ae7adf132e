using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Receipts;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Cli;

/// <summary><c>gbridge receipt</c> against the real service, which alone can sign.</summary>
[RunIn(LongerRun.Default)]
public sealed class ReceiptTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private BridgeHost host = null!;
    private Gbridge gbridge = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await BridgeHost.StartAsync();
        gbridge = new Gbridge(host.GrpcUri);
        await BuildSamples.NoteAsync(host, "ci");
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_is_sent_leaves_receipts_in_a_file_that_can_be_checked_without_the_service()
    {
        var builds = await SaveAsync("builds.json", string.Join('\n', Enumerable.Range(0, 3).Select(i => JsonFormatter.Default.Format(BuildSamples.Of("ci", "1", id: $"b-{i}")))));
        var receipts = await SaveAsync("receipts.jsonl", "");
        for (var time = 0; time < 2; time++)
        {
            var sent = await gbridge.RunAsync("send", builds, "--project", "ci", "--receipts", receipts);
            Assert.True(sent.Code == 0, sent.Errors);
        }

        var lines = await File.ReadAllLinesAsync(receipts, Cancelled);
        Assert.Equal(6, lines.Length);
        Assert.Equal(3, lines.Distinct().Count());
        var keys = await SaveAsync("keys.json", await host.Rest.GetStringAsync(new Uri("/receipts/keys", UriKind.Relative), Cancelled));
        var alone = new Gbridge(new Uri("http://127.0.0.1:9"));
        var verified = await alone.RunAsync("receipt", "verify", receipts, "--keys", keys);
        Assert.True(verified.Code == 0, verified.Errors);

        var pem = await SaveAsync("key.pem", (await Stranger.KeysAsync(host)).Keys[0].Pem);
        Assert.Equal(0, (await alone.RunAsync(lines[0], ["receipt", "verify", "-", "--keys", pem])).Code);
        Assert.Equal(0, (await gbridge.RunAsync("receipt", "verify", receipts)).Code);
        Assert.Equal(0, (await gbridge.RunAsync("receipt", "verify", receipts, "--keys", new Uri(host.Rest.BaseAddress!, "/receipts/keys").ToString())).Code);
    }

    [Fact]
    public async Task Whatever_is_changed_in_a_receipt_or_a_proof_is_caught()
    {
        var stored = await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        var got = await gbridge.RunAsync("receipt", "get", stored.Name);
        var proved = await gbridge.RunAsync("receipt", "proof", "acme/images/team:web/1");
        foreach (var path in new[] { "acme/images/team/web/1", "embedded/acme/images/team/web/1", "embedded/acme/images/team:web/1" })
        {
            var same = await gbridge.RunAsync("receipt", "proof", path);
            Assert.True(same.Code == 0, same.Errors);
            Assert.Equal("team/web", DeliveryProof.Parser.ParseJson(Assert.Single(same.Lines)).Package);
        }

        var receipt = Receipt.Parser.ParseJson(Assert.Single(got.Lines));
        var proof = DeliveryProof.Parser.ParseJson(Assert.Single(proved.Lines));
        var other = (await Stranger.RotateAsync(host)).Kid;
        IMessage[] changed = [.. Changed(receipt, other), .. Changed(proof, other)];
        Assert.True(changed.Length > 2 * (64 + 5));

        var file = await SaveAsync("all.jsonl", string.Join('\n', changed.Prepend(proof).Prepend(receipt).Select(message => JsonFormatter.Default.Format(message))));
        var ending = await gbridge.RunAsync("receipt", "verify", file, "--json");
        Assert.Equal(3, ending.Code);
        bool[] good = [.. ending.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("good").GetBoolean())];
        Assert.Equal(changed.Length + 2, good.Length);
        Assert.Equal([true, true], good[..2]);
        Assert.DoesNotContain(true, good[2..]);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{changed.Length} of {good.Length} cannot be relied on"), ending.Errors);
    }

    [Fact]
    public async Task A_rotation_is_asked_for_and_old_keys_alone_do_not_know_the_new_one()
    {
        var keys = await SaveAsync("keys.json", await host.Rest.GetStringAsync(new Uri("/receipts/keys", UriKind.Relative), Cancelled));
        var rotated = await gbridge.RunAsync("receipt", "rotate", "--json");
        var kid = JsonDocument.Parse(Assert.Single(rotated.Lines)).RootElement.GetProperty("kid").GetString()!;
        var stored = await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        var receipt = await SaveAsync("receipt.json", (await gbridge.RunAsync("receipt", "get", stored.Name)).Output);
        var unknown = await gbridge.RunAsync("receipt", "verify", receipt, "--keys", keys, "--json");
        Assert.Equal(3, unknown.Code);
        Assert.Contains($"signed with the key '{kid}', which is not among the keys given", unknown.Output);
        Assert.Equal(0, (await gbridge.RunAsync("receipt", "verify", receipt)).Code);
    }

    [Theory]
    [InlineData(2, "holds no receipt", " ", null)]
    [InlineData(2, "after 0 receipts", "hello", null)]
    [InlineData(2, "after 0 receipts", "[1]", null)]
    [InlineData(2, "after 1 receipts", "{} 5", null)]
    [InlineData(2, "after 0 receipts", """{"occurrence":"x","colour":"red"}""", null)]
    [InlineData(3, "cannot be relied on", "{}", null)]
    [InlineData(2, "neither a JSON Web Key Set nor PEM", "{}", "5")]
    [InlineData(2, "holds no Ed25519 key", "{}", """{"keys":[]}""")]
    [InlineData(2, "not the thumbprint", "{}", """{"keys":[{"kid":"a","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}""")]
    [InlineData(2, "holds no Ed25519 public key in PEM", "{}", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public async Task What_is_no_receipt_or_no_key_is_said_to_be_none(int code, string sentence, string content, string? keys)
    {
        string[] given = keys is null ? [] : ["--keys", await SaveAsync("keys", keys)];
        var ending = await gbridge.RunAsync(["receipt", "verify", await SaveAsync("file", content), .. given]);
        Assert.Equal(code, ending.Code);
        Assert.Contains(sentence, ending.Errors);
    }

    [Fact]
    public async Task Keys_are_not_taken_over_plain_http_from_another_machine_nor_receipts_written_where_none_can_be()
    {
        var file = await SaveAsync("file", "{}");
        var plain = await gbridge.RunAsync("receipt", "verify", file, "--keys", "http://bridge.example.com/receipts/keys");
        Assert.Equal(2, plain.Code);
        Assert.Contains("could be changed on the way", plain.Errors);
        Assert.Equal(4, (await gbridge.RunAsync("receipt", "verify", file, "--keys", "http://127.0.0.1:9/receipts/keys")).Code);
        var unwritten = await gbridge.RunAsync(
            JsonFormatter.Default.Format(BuildSamples.Of("ci", "1")), ["send", "-", "--project", "ci", "--receipts", folder.File("none/receipts")]);
        Assert.Equal(2, unwritten.Code);
        Assert.Contains("--receipts", unwritten.Errors);
    }

    /// <summary>The message with each field changed, and each byte of the signature.</summary>
    private static IEnumerable<IMessage> Changed<T>(T message, string otherKey)
        where T : IMessage<T>, IDeepCloneable<T>
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.Name is not ("signature" or "attributes")))
        {
            var copy = message.Clone();
            field.Accessor.SetValue(copy, field.Accessor.GetValue(copy) switch
            {
                _ when field.Name == "key_id" => otherKey,
                string text => text + "1",
                long number => number + 1,
                Google.Protobuf.WellKnownTypes.Timestamp time => new Google.Protobuf.WellKnownTypes.Timestamp { Seconds = time.Seconds, Nanos = time.Nanos ^ 1 },
                var value => throw new InvalidOperationException($"{field.Name} is a {value}"),
            });
            yield return copy;
            copy = copy.Clone();
            field.Accessor.Clear(copy);
            yield return copy;
        }

        var signature = message.Descriptor.FindFieldByName("signature");
        var bytes = ((ByteString)signature.Accessor.GetValue(message)).ToByteArray();
        for (var i = 0; i <= bytes.Length; i++)
        {
            byte[] wrong = [.. bytes];
            if (i < bytes.Length)
                wrong[i] ^= (byte)(1 << (i % 8));
            var copy = message.Clone();
            signature.Accessor.SetValue(copy, ByteString.CopyFrom(i < bytes.Length ? wrong : wrong[1..]));
            yield return copy;
        }
    }

    private async Task<string> SaveAsync(string name, string content)
    {
        await File.WriteAllTextAsync(folder.File(name), content, Cancelled);
        return folder.File(name);
    }
}
