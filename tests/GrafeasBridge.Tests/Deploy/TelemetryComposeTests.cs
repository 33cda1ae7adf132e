using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>deploy/compose.telemetry.yml keeps the rules of the house: pinned, bounded, without rights, on loopback.</summary>
public sealed partial class TelemetryComposeTests
{
    private static readonly string Compose = File.ReadAllText(RepositoryFiles.PathOf("deploy", "compose.telemetry.yml"));

    public static TheoryData<string> Services => [.. Blocks().Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_is_pinned_bounded_and_without_rights(string service)
    {
        var block = Blocks()[service];
        Assert.Matches(@"\n    image: [a-z./-]+:v?\d+\.\d+\.\d+\n", block);
        foreach (var line in new[]
        {
            "    read_only: true\n", "    cap_drop: [ALL]\n", "    security_opt: [\"no-new-privileges:true\"]\n", "    mem_limit: ", "    pids_limit: ",
            "    stop_grace_period: ", "    restart: unless-stopped\n",
        })
        {
            Assert.Contains(line, block, StringComparison.Ordinal);
        }

        Assert.Matches("\n    user: \"[1-9][0-9]*:", block);
        string[] ports = [.. Port().Matches(block).Select(m => m.Value)];
        Assert.All(ports, port => Assert.StartsWith("\"127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_is_mounted_is_there_and_every_secret_is_a_file_that_the_script_makes()
    {
        string[] mounted = [.. Mount().Matches(Compose).Select(m => m.Groups["path"].Value)];
        Assert.NotEmpty(mounted);
        Assert.All(mounted, path => Assert.True(Path.Exists(RepositoryFiles.PathOf(path.Split('/'))), path));
        var script = File.ReadAllText(RepositoryFiles.PathOf("deploy", "telemetry", "init-secrets.sh"));
        string[] secrets = [.. Secret().Matches(Compose).Select(m => m.Groups["name"].Value)];
        Assert.Equal(2, secrets.Length);
        Assert.All(secrets, name => Assert.Contains($"> {name}", script, StringComparison.Ordinal));
    }

    /// <summary>Services that this file adds, by name; it only gives the bridge two settings.</summary>
    private static Dictionary<string, string> Blocks()
    {
        var services = Compose[Compose.IndexOf("\nservices:\n", StringComparison.Ordinal)..Compose.IndexOf("\nvolumes:\n", StringComparison.Ordinal)];
        var parts = ServiceName().Split(services);
        var blocks = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < parts.Length; i += 2)
        {
            if (parts[i] != "bridge")
                blocks.Add(parts[i], "\n" + parts[i + 1]);
        }

        return blocks;
    }

    [GeneratedRegex(@"^  (?<name>[a-z]+):\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceName();

    [GeneratedRegex("(?<=      - )\"[^\"\n]*:\\d+\"(?=\n)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Port();

    [GeneratedRegex(@"- \./(?<path>[^:\n]+):", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mount();

    [GeneratedRegex(@"file: deploy/secrets/(?<name>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();
}
