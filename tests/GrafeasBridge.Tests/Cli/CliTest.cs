using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Cli;

/// <summary>A stand-in for the service, the command line pointed at it, and a folder for files.</summary>
public abstract class CliTest : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private readonly string folder = Directory.CreateTempSubdirectory("gbridge-test-").FullName;

    private protected StandIn Service { get; private set; } = null!;

    private protected Gbridge Gbridge { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Service = await StandIn.StartAsync(logs);
        Gbridge = new Gbridge(Service.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        logs.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        return path;
    }

    private protected static string Build(string id, string resource = "acme-docker-images.bintray.io/team/web:1.4.0") =>
        $$$$"""{"resourceUri":"{{{{resource}}}}","noteName":"projects/acme/notes/builds","build":{"provenance":{"id":"{{{{id}}}}"}}}""";

    private protected static VersionSummary Version(DeliveryState state, string version = "1.4.0", string target = "bintray") => new()
    {
        Target = target,
        Subject = "acme",
        Repo = "images",
        Package = "team/web",
        Version = version,
        State = state,
        Revision = 3,
        SettledRevision = state == DeliveryState.Verified ? 3 : 2,
    };

    private protected static OccurrenceDelivery Delivery(params DeliveryState[] states) => new() { Versions = { states.Select((s, i) => Version(s, $"1.{i}")) } };
}
