using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Tests.Clients;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>What every service of the compose files promises, as compose reads them laid over one another.</summary>
[Needs(Need.Node)]
public sealed partial class ComposeTests
{
    private const string Minimal = "docker-compose.yml";
    private const string Postgres = "deploy/compose.postgres.yml";

    public static TheoryData<string> Forms => [Minimal, $"{Minimal} {Postgres}"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Every_image_is_pinned_or_built_here(string files)
    {
        foreach ((var name, var service) in await ServicesAsync(files))
        {
            var image = (string)service["image"]!;
            Assert.True(
                service["build"] is not null ? image.EndsWith(":local", StringComparison.Ordinal) : Pinned().IsMatch(image),
                $"{name} runs {image}, which may be another thing tomorrow");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task No_service_can_do_more_than_it_needs(string files)
    {
        foreach ((var name, var service) in await ServicesAsync(files))
        {
            Assert.True((bool?)service["read_only"], $"{name} may write to its image");
            Assert.Equal(["ALL"], Texts(service["cap_drop"]));
            Assert.Equal(["no-new-privileges:true"], Texts(service["security_opt"]));
            Assert.Matches("^[0-9]+[mg]$", (string?)service["mem_limit"]);
            Assert.InRange((int)service["pids_limit"]!, 1, 1024);
            Assert.All(
                (string[])["privileged", "cap_add", "network_mode", "pid", "ipc", "devices"],
                key => Assert.False(service.ContainsKey(key), $"{name} has {key}"));
            Assert.True(service["build"] is not null || Numbers().IsMatch((string?)service["user"] ?? ""), $"{name} may run as root");
        }
    }

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("emulator.Dockerfile")]
    public void An_image_built_here_runs_as_a_user_that_is_not_root(string file)
    {
        var lines = File.ReadAllLines(RepositoryFiles.PathOf("deploy", file));
        Assert.Equal("USER $APP_UID", lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Doors_open_on_loopback_only(string files)
    {
        string[] doors = [.. (await ServicesAsync(files)).SelectMany(service => Texts(service.Service["ports"]))];
        Assert.NotEmpty(doors);
        Assert.All(doors, door => Assert.StartsWith("127.0.0.1:", door, StringComparison.Ordinal));
        Assert.Equal(doors.Distinct(), doors);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_is_secret_comes_as_a_file(string files)
    {
        var compose = await ReadAsync(files);
        string[] known = [.. compose["secrets"]!.AsObject().Select(secret => secret.Key)];
        Assert.All(compose["secrets"]!.AsObject(), secret => Assert.StartsWith("deploy/secrets/", (string?)secret.Value!["file"], StringComparison.Ordinal));
        foreach ((var name, var service) in Services(compose))
        {
            Assert.All(Texts(service["secrets"]), secret => Assert.Contains(secret, known));
            foreach ((var variable, var value) in service["environment"]?.AsObject() ?? [])
            {
                Assert.False(
                    Secret().IsMatch(variable) && !((string?)value)!.StartsWith("/run/secrets/", StringComparison.Ordinal),
                    $"{name} is told {variable} in its environment");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_service_starts_when_those_it_needs_are_healthy(string files)
    {
        foreach ((var name, var service) in await ServicesAsync(files))
        {
            Assert.True(service["healthcheck"]?["test"] is not null, $"nobody asks {name} how it is");
            Assert.All(
                service["depends_on"]?.AsObject() ?? [],
                other => Assert.Equal("service_healthy", (string?)other.Value!["condition"]));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_bridge_is_given_the_time_that_it_takes_to_stop(string files)
    {
        var bridge = (JsonObject)(await ReadAsync(files))["services"]!["bridge"]!;
        var defaults = new ServingOptions();
        var drain = bridge["environment"]!["Listen__DrainDelay"] is { } told
            ? TimeSpan.Parse((string)told!, CultureInfo.InvariantCulture)
            : defaults.DrainDelay;
        Assert.True(Seconds(bridge["stop_grace_period"]) > drain + defaults.StopTimeout, "it would be killed while calls are in hand");
    }

    [Fact]
    public async Task With_PostgreSQL_two_bridges_keep_nothing_themselves_and_only_the_proxy_has_doors()
    {
        var compose = await ReadAsync($"{Minimal} {Postgres}");
        var bridge = (JsonObject)compose["services"]!["bridge"]!;
        Assert.Equal(2, (int)bridge["deploy"]!["replicas"]!);
        Assert.Null(bridge["ports"]);
        Assert.Null(bridge["volumes"]);
        Assert.Contains("/data", Texts(bridge["tmpfs"]));
        Assert.DoesNotContain("Password=", (string)bridge["environment"]!["Store__Connection"]!, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SSL Mode=VerifyFull", (string)bridge["environment"]!["Store__Connection"]!, StringComparison.Ordinal);
        Assert.Equal(
            ["127.0.0.1:${BRIDGE_GRPC_PORT:-8080}:8080", "127.0.0.1:${BRIDGE_HTTP_PORT:-8081}:8081"],
            Texts(compose["services"]!["proxy"]!["ports"]));
        Assert.Null(compose["services"]!["postgres"]!["ports"]);
    }

    private static TimeSpan Seconds(JsonNode? value) =>
        TimeSpan.FromSeconds(int.Parse(((string)value!).TrimEnd('s'), CultureInfo.InvariantCulture));

    private static string[] Texts(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(item => item!.GetValue<string>())];

    private static async Task<IReadOnlyList<(string Name, JsonObject Service)>> ServicesAsync(string files) => Services(await ReadAsync(files));

    private static List<(string Name, JsonObject Service)> Services(JsonObject compose)
    {
        List<(string, JsonObject)> services = [.. compose["services"]!.AsObject().Select(one => (one.Key, (JsonObject)one.Value!))];
        Assert.NotEmpty(services);
        return services;
    }

    private static async Task<JsonObject> ReadAsync(string files)
    {
        (var code, var output, var errors) = await NodeProgram.RunAsync(
            "manifests", ["compose.js", .. files.Split(' ').Select(file => RepositoryFiles.PathOf(file.Split('/')))]);
        Assert.True(code == 0, errors);
        return (JsonObject)JsonNode.Parse(output)!;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9./-]*:[0-9]+\.[0-9]+(\.[0-9]+)?[a-z0-9.-]*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex("^[1-9][0-9]*:[1-9][0-9]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex("(?i)password|apikey|secret|token", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();
}
