using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Receipts;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>Keys: kept, replaced, shared, served, and never told.</summary>
public sealed class KeyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receipt_is_the_same_after_a_restart_and_good_after_a_rotation()
    {
        using var folder = new TemporaryFolder();
        Receipt receipt;
        await using (var host = await BridgeHost.StartInAsync(folder.Path))
        {
            await BuildSamples.NoteAsync(host, "ci");
            receipt = Assert.Single(Stranger.Receipts((await Stranger.SendAsync(host)).Trailers));
        }

        await using var again = await BridgeHost.StartInAsync(folder.Path);
        Assert.Equal(receipt, await Stranger.GetAsync(again, receipt.Occurrence));
        var made = await Stranger.RotateAsync(again);
        var other = await Stranger.GetAsync(again, receipt.Occurrence);
        var served = await Stranger.KeysAsync(again);
        Assert.Equal([made.Kid, receipt.KeyId], served.Keys.Select(key => key.Kid));
        Assert.Equal(made.Kid, other.KeyId);
        Assert.NotEqual(receipt.Signature, other.Signature);
        Assert.True(Stranger.Believes(receipt, served) && Stranger.Believes(other, served));
        other.KeyId = receipt.KeyId;
        Assert.False(Stranger.Believes(other, served));
    }

    [Fact]
    public async Task Public_keys_are_served_to_anyone_and_only_an_operator_of_all_projects_makes_a_new_one()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("root:operate:*", "ci:send,read,operate:ci", "send:send:ci"), Cancelled);
        await using var host = await BridgeHost.StartInAsync(folder.Path, $"Access:KeysFile={folder.File("keys.json")}");
        var set = JsonNode.Parse(await host.Rest.GetStringAsync(new Uri("/receipts/keys", UriKind.Relative), Cancelled))!;
        var key = Assert.Single(set["keys"]!.AsArray())!;
        Assert.Equal(("OKP", "Ed25519", "EdDSA", "sig"), ((string)key["kty"]!, (string)key["crv"]!, (string)key["alg"]!, (string)key["use"]!));
        Assert.Equal((string)key["kid"]!, Assert.Single((await Stranger.KeysAsync(host)).Keys).Kid);

        var nobody = await Refusal.OfAsync(StatusCode.Unauthenticated, Rotation(host, []));
        Assert.Contains("required", nobody.Detail, StringComparison.Ordinal);
        await Refusal.OfAsync(StatusCode.PermissionDenied, Rotation(host, Keys.Bearer("ci")));
        await Stranger.RotateAsync(host, Keys.Bearer("root"));
        Assert.Equal(2, (await Stranger.KeysAsync(host)).Keys.Count);
        await Refusal.OfAsync(
            StatusCode.PermissionDenied,
            new ReceiptBook.ReceiptBookClient(host.Channel).GetReceiptAsync(
                new GetReceiptRequest { Name = "projects/ci/occurrences/x" }, Keys.Bearer("send"), cancellationToken: Cancelled));
    }

    [Fact]
    public async Task A_key_of_age_is_replaced_and_its_private_part_is_gone()
    {
        await using var house = await House.OpenAsync();
        var keys = house.Cabinet();
        await keys.RefreshAsync(Cancelled);
        var first = Assert.Single(await house.Store.ListSigningKeysAsync(Cancelled));
        house.Clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromTicks(1));
        await keys.RefreshAsync(Cancelled);
        Assert.Single(keys.Keys);
        house.Clock.Advance(TimeSpan.FromTicks(1));
        await keys.RefreshAsync(Cancelled);
        Assert.Equal(2, keys.Keys.Count);
        Assert.Equal(first.Id, keys.Keys[1].Id);
        Assert.All(keys.Keys, key => Assert.Null(key.PrivateKey));
        var stored = await house.Store.ListSigningKeysAsync(Cancelled);
        Assert.Equal((true, false), (stored[0].PrivateKey is not null, stored[1].PrivateKey is not null));
        Assert.Equal(keys.Keys[0].Id, keys.Sign(_ => []).KeyId);
    }

    [Fact]
    public async Task The_keys_are_looked_after_every_minute()
    {
        await using var house = await House.OpenAsync();
        var keys = house.Cabinet();
        using var rotation = new KeyRotation(keys, house.Clock, house.Factory.CreateLogger<KeyRotation>());
        await rotation.StartAsync(Cancelled);
        Assert.Single(keys.Keys);
        house.Clock.Advance(TimeSpan.FromDays(90));
        while (keys.Keys.Count < 2)
        {
            house.Clock.Advance(KeyRotation.Period);
            await Task.Yield();
        }

        await rotation.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Bridges_on_one_store_sign_with_one_key_whoever_made_it()
    {
        await using var house = await House.OpenAsync();
        SigningKeyStore[] bridges = [.. Enumerable.Range(0, 4).Select(_ => house.Cabinet())];
        await Task.WhenAll(bridges.Select(bridge => bridge.RefreshAsync(Cancelled)));
        Assert.Single(bridges.Select(bridge => bridge.Sign(_ => []).KeyId).Distinct());
        Assert.Single(bridges.Select(bridge => Convert.ToHexString(bridge.Sign(Encoding.UTF8.GetBytes).Signature)).Distinct());

        var made = (await bridges[0].RotateAsync(Cancelled)).Id;
        Assert.NotEqual(made, bridges[1].Sign(_ => []).KeyId);
        Assert.Contains(bridges[0].Keys, key => key.Id == bridges[1].Sign(_ => []).KeyId);
        await Task.WhenAll(bridges.Select(bridge => bridge.RefreshAsync(Cancelled)));
        Assert.All(bridges, bridge => Assert.Equal(made, bridge.Sign(_ => []).KeyId));
        house.Clock.Advance(TimeSpan.FromDays(91));
        await Task.WhenAll(bridges.Select(bridge => bridge.RefreshAsync(Cancelled)));
        Assert.Equal(3, (await house.Store.ListSigningKeysAsync(Cancelled)).Count);
    }

    [Fact]
    public async Task A_key_from_a_file_signs_and_the_keys_before_it_stay_served()
    {
        using var folder = new TemporaryFolder();
        await using var house = await House.OpenAsync();
        var before = house.Cabinet();
        await before.RefreshAsync(Cancelled);
        var ids = new string[2];
        for (var i = 0; i < 2; i++)
        {
            await File.WriteAllTextAsync(folder.File("key.pem"), Pem(i), Cancelled);
            var filed = house.Cabinet(folder.File("key.pem"));
            await filed.RefreshAsync(Cancelled);
            house.Clock.Advance(TimeSpan.FromDays(1000));
            await filed.RefreshAsync(Cancelled);
            ids[i] = filed.Sign(_ => []).KeyId;
            Assert.Equal(ids[i], filed.Keys[0].Id);
            Assert.Equal(2 + i, filed.Keys.Count);
        }

        Assert.NotEqual(ids[0], ids[1]);
        Assert.All(await house.Store.ListSigningKeysAsync(Cancelled), key => Assert.Null(key.PrivateKey));
        var after = house.Cabinet();
        await after.RefreshAsync(Cancelled);
        Assert.DoesNotContain(after.Sign(_ => []).KeyId, ids);
        Assert.Equal(4, after.Keys.Count);
    }

    [Fact]
    public async Task A_file_that_holds_no_key_stops_the_start_and_nothing_of_it_is_told()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("key.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWluLWEtZmlsZQ==\n-----END PRIVATE KEY-----\n", Cancelled);
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => BridgeHost.StartInAsync(folder.Path, $"Receipts:KeyFile={folder.File("key.pem")}"));
        Assert.Contains("Receipts:KeyFile", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2Vjc", wrong.ToString(), StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<OptionsValidationException>(() => BridgeHost.StartInAsync(folder.Path, "Receipts:KeyFile=/none.pem"));
        Assert.Contains("/none.pem", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_key_is_in_no_log()
    {
        using var folder = new TemporaryFolder();
        string[] said;
        await using (var host = await BridgeHost.StartInAsync(folder.Path))
        {
            await BuildSamples.NoteAsync(host, "ci");
            await Stranger.SendAsync(host);
            var secret = (await ((IBridgeStore)host.Services.GetService(typeof(IBridgeStore))!).ListSigningKeysAsync(Cancelled))[0].PrivateKey!;
            await Stranger.RotateAsync(host);
            said = [.. host.Logs.Entries.Select(entry => entry.Message)];
            Assert.Contains(said, text => text.Contains("Receipts are signed with key", StringComparison.Ordinal));
            foreach (var form in new[] { Convert.ToBase64String(secret)[..40], Convert.ToHexString(secret) })
                Assert.DoesNotContain(said, text => text.Contains(form, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static AsyncUnaryCall<ReceiptKey> Rotation(BridgeHost host, Metadata headers) =>
        new ReceiptBook.ReceiptBookClient(host.Channel).RotateReceiptKeyAsync(new RotateReceiptKeyRequest(), headers, cancellationToken: Cancelled);

    // RFC 8410: the private key after a fixed head.
    private static string Pem(int seed)
    {
        byte[] info = [.. Convert.FromHexString("302e020100300506032b657004220420"), .. Enumerable.Repeat((byte)(seed + 1), 32)];
        return string.Create(CultureInfo.InvariantCulture, $"-----BEGIN PRIVATE KEY-----\n{Convert.ToBase64String(info)}\n-----END PRIVATE KEY-----\n");
    }

    /// <summary>A store, and cabinets as bridges would have them.</summary>
    private sealed class House : IAsyncDisposable
    {
        private readonly TestLogs logs = new();
        private readonly SqliteBackend backend = new();
        private readonly List<SigningKeyStore> cabinets = [];

        private House() => Factory = logs.Factory();

        public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

        public ILoggerFactory Factory { get; }

        public IBridgeStore Store { get; private set; } = null!;

        public static async Task<House> OpenAsync()
        {
            var house = new House();
            house.Store = await house.backend.OpenAsync(house.Clock, house.Factory, ["t"]);
            return house;
        }

        public SigningKeyStore Cabinet(string keyFile = "")
        {
            var cabinet = new SigningKeyStore(Store, Options.Create(new ReceiptsOptions { KeyFile = keyFile }), Clock, Factory.CreateLogger<SigningKeyStore>());
            cabinets.Add(cabinet);
            return cabinet;
        }

        public async ValueTask DisposeAsync()
        {
            cabinets.ForEach(cabinet => cabinet.Dispose());
            await backend.DisposeAsync();
            Factory.Dispose();
            logs.Dispose();
        }
    }
}
