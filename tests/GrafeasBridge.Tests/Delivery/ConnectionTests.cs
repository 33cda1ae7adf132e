using System.Net;
using System.Net.Sockets;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Http;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>How a target is reached: connections, addresses, credentials.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private readonly TestClock clock = new();
    private FakeBintray fake = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "team:web", "1.4.0");
    }

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public async Task A_refused_connection_a_wrong_protocol_and_an_unknown_host_are_told_apart()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        foreach ((var url, var words) in new[]
                 {
                     ($"http://127.0.0.1:{port}", "refused or unreachable"),
                     (fake.Url.Replace("http:", "https:", StringComparison.Ordinal), "TLS or its certificate failed"),
                     ("http://no-such-host.invalid", "cannot be resolved"),
                 })
        {
            using var harness = Harness(o => o.BaseUrl = url);
            var failure = await harness.ReadFailsAsync();
            Assert.Equal(DeliveryOutcome.Unreachable, failure.Outcome);
            Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::a9fe:a9fe", true)]
    [InlineData("2002:a9fe:a9fe::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("10.0.0.7", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("64:ff9b::a00:7", false)]
    [InlineData("fd12::1", false)]
    [InlineData("8.8.8.8", false)]
    public void Addresses_where_clouds_keep_credentials_are_known(string address, bool forbidden) =>
        Assert.Equal(forbidden, GuardedConnect.IsForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://[fe80::1]:8080")]
    [InlineData("http://[::ffff:169.254.169.254]")]
    public async Task A_metadata_address_is_never_called(string url)
    {
        using var harness = Harness(o => o.BaseUrl = url);

        Assert.Contains("never called", (await harness.ReadFailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_key_file_is_used_at_once_and_a_missing_one_pauses_with_a_sentence()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "first\n", Token);
        using var harness = Harness(o => (o.ApiKey, o.ApiKeyFile) = (null, file));

        await harness.Target.ReadAsync(TargetHarness.Version, Token);
        await File.WriteAllTextAsync(file, "second", Token);
        await harness.Target.ReadAsync(TargetHarness.Version, Token);
        File.Delete(file);
        var failure = await harness.ReadFailsAsync();

        Assert.Equal(["bridge:first", "bridge:second"], fake.Calls.Select(c => Decoded(c.Authorization)));
        Assert.Equal(DeliveryOutcome.Unauthorized, failure.Outcome);
        Assert.Contains("Targets:0:ApiKeyFile", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_the_target_echoes_are_taken_out()
    {
        fake.Script = async (call, context) =>
        {
            await FakeBintray.SayAsync(context, 400, $"you sent {call.Authorization} which is {Decoded(call.Authorization)}");
            return true;
        };
        using var harness = Harness();

        Assert.Equal("The target answered 400: you sent Basic *** which is bridge:***", (await harness.ReadFailsAsync()).Message);
    }

    private static string Decoded(string? authorization) =>
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(authorization!["Basic ".Length..]));

    private TargetHarness Harness(Action<TargetOptions>? change = null) => new(fake.Url, clock, logs, change);
}
