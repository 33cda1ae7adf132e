using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>Which doors may be opened; checked as the start checks them, before anything is opened.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Listen:Grpc=http://0.0.0.0:8080", "Listen:Grpc (http://0.0.0.0:8080) listens beyond loopback")]
    [InlineData("Listen:Http=http://*:8081", "Listen:Http (http://*:8081) listens beyond loopback")]
    [InlineData("Listen:Http=http://[::]:8081", "Access:KeysFile")]
    [InlineData("Listen:Grpc=http://192.0.2.7:8080", "Access:AllowUnauthenticatedNetworkAccess")]
    [InlineData("Listen:Grpc=ftp://127.0.0.1:1", "Listen:Grpc (ftp://127.0.0.1:1) must be http://ADDRESS:PORT")]
    [InlineData("Listen:Grpc=http://example.com:8080", "Listen:Grpc (http://example.com:8080)")]
    [InlineData("Listen:Http=http://127.0.0.1:1/path", "Listen:Http (http://127.0.0.1:1/path)")]
    [InlineData("Listen:Http=http://127.0.0.1:99999", "Listen:Http (http://127.0.0.1:99999)")]
    [InlineData("Listen:Tls=http://127.0.0.1:1", "must be https://ADDRESS:PORT")]
    [InlineData("Listen:Tls=https://127.0.0.1:1", "Listen:TlsCertificateFile ()")]
    [InlineData("Listen:MaxConnections=0", "MaxConnections")]
    [InlineData("Listen:StopTimeout=00:10:00", "StopTimeout")]
    public async Task A_door_that_may_not_be_opened_stops_the_start(string setting, string said) =>
        Assert.Contains(said, string.Join('\n', await ProblemsAsync(setting)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Listen:Grpc=http://localhost:8080")]
    [InlineData("Listen:Grpc=http://[::1]:8080")]
    [InlineData("Listen:Grpc=")]
    [InlineData("Listen:Grpc=http://*:8080", "Access:AllowUnauthenticatedNetworkAccess=true")]
    public async Task A_door_that_may_be_opened_is_accepted(params string[] settings) => Assert.Empty(await ProblemsAsync(settings));

    [Fact]
    public async Task Keys_open_the_door_to_the_network()
    {
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("ci:send:*"), TestContext.Current.CancellationToken);
        Assert.Empty(await ProblemsAsync("Listen:Grpc=http://*:8080", "Access:KeysFile=" + folder.File("keys.json")));
        Assert.Contains(
            $"Access:KeysFile ({folder.File("none.json")}): the file does not exist.",
            await ProblemsAsync("Listen:Grpc=http://*:8080", "Access:KeysFile=" + folder.File("none.json")));
    }

    [Fact]
    public async Task No_door_at_all_is_refused() =>
        Assert.Contains("open at least one", Assert.Single(await ProblemsAsync("Listen:Grpc=", "Listen:Http=")), StringComparison.Ordinal);

    [Fact]
    public async Task A_certificate_that_is_none_is_refused_before_a_door_opens()
    {
        await File.WriteAllTextAsync(folder.File("cert.pem"), "no certificate", TestContext.Current.CancellationToken);
        var said = string.Join('\n', await ProblemsAsync(
            "Listen:Tls=https://127.0.0.1:0",
            "Listen:TlsCertificateFile=" + folder.File("cert.pem"),
            "Listen:TlsKeyFile=" + folder.File("cert.pem")));
        Assert.Contains($"Listen:TlsCertificateFile ({folder.File("cert.pem")})", said, StringComparison.Ordinal);
    }

    /// <summary>A target is set so that no emulator is started along.</summary>
    private async Task<IReadOnlyList<string>> ProblemsAsync(params string[] settings)
    {
        string[] all =
        [
            .. BridgeHost.Settings(folder.Path, settings),
            "--Targets:0:Name=main", "--Targets:0:BaseUrl=http://127.0.0.1:9", "--Targets:0:Username=ci", "--Targets:0:ApiKey=unused",
        ];
        try
        {
            await using var app = await Program.BuildAsync(all, logging => logging.SetMinimumLevel(LogLevel.None));
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
        catch (AggregateException several)
        {
            return [.. several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures)];
        }
    }
}
