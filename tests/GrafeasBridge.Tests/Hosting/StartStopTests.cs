using System.Net;
using System.Net.Sockets;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>The service as a process: how it ends when it cannot start, and when it is told to stop.</summary>
public sealed class StartStopTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Listen:Grpc=ftp://x", "Listen:Grpc (ftp://x) must be http://ADDRESS:PORT")]
    [InlineData("Listen:MaxConnections=many", "Listen:MaxConnections")]
    [InlineData("Store:Provider=Oracle", "Store:Provider (Oracle)")]
    [InlineData("Targets:0:Name=main", "Targets:0:Username")]
    [InlineData("Targets:0:Colour=red", "Targets:0:Colour is not a setting")]
    [InlineData("Targets:0:MaxRetries=lots", "Targets:0:MaxRetries")]
    [InlineData("Mapping:File=/none.json", "/none.json")]
    [InlineData("Access:KeysFile=/none.json", "Access:KeysFile (/none.json): the file does not exist.")]
    [InlineData("Telemetry:OtlpEndpoint=collector", "Telemetry:OtlpEndpoint (collector)")]
    [InlineData("Telemetry:OtlpProtocol=Carrier", "Telemetry:OtlpProtocol")]
    [InlineData("Emulator:Listen=nowhere", "Emulator:Listen")]
    [InlineData("Emulator:MaxConnections=many", "Emulator:MaxConnections")]
    public async Task A_wrong_setting_stops_the_start_with_a_sentence(string setting, string sentence)
    {
        await using var run = Start(setting);
        var end = await run.EndAsync();
        Assert.Contains("The service cannot start: ", end.Text, StringComparison.Ordinal);
        Assert.Contains(sentence, end.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", end.Text, StringComparison.Ordinal);
        Assert.Equal(1, end.Code);
    }

    [OwnStore]
    [Fact]
    public Task A_folder_that_cannot_be_made_stops_the_start_with_a_sentence() =>
        A_wrong_setting_stops_the_start_with_a_sentence("Store:Path=/proc/none/bridge.db", "/proc/none");

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_a_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var run = Start($"Listen:Grpc=http://127.0.0.1:{port}");
        var end = await run.EndAsync();
        Assert.Contains($"127.0.0.1:{port}", end.Text, StringComparison.Ordinal);
        Assert.Contains("The service cannot start: ", end.Text, StringComparison.Ordinal);
        Assert.Equal(1, end.Code);
    }

    [Fact]
    public async Task It_ends_in_order_when_told_to_stop()
    {
        var port = ServiceProcess.FreePorts(1)[0];
        await using var run = Start($"Listen:Http=http://127.0.0.1:{port}");
        await run.AnswersAsync(new Uri($"http://127.0.0.1:{port}/readyz"));
        await run.SignalAsync("TERM");
        var end = await run.EndAsync();
        Assert.True(end.Code == 0, end.Text);
        Assert.DoesNotContain("fail:", end.Text, StringComparison.Ordinal);
    }

    private ProgramRun Start(params string[] settings) => ProgramRun.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "GrafeasBridge.dll"), .. BridgeHost.Settings(folder.Path, settings)], folder.Path);
}
