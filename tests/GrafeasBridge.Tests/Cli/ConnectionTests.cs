using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrafeasBridge.Tests.Cli;

public sealed class ConnectionTests : CliTest
{
    [Fact]
    public async Task Nobody_listening_ends_with_4_and_says_where_and_what_to_do()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var nobody = new Uri($"http://{taken.LocalEndpoint}");
        taken.Stop();

        var ending = await new Gbridge(nobody).RunAsync("versions");

        Assert.Equal(4, ending.Code);
        Assert.Contains($"{nobody.GetLeftPart(UriPartial.Authority)} is not reachable", ending.Errors);
        Assert.Contains("--server", ending.Errors);
    }

    [Fact]
    public async Task The_port_for_rest_is_told_apart_from_the_one_for_grpc()
    {
        using var logs = new TestLogs();
        await using var rest = await StandIn.StartAsync(logs, HttpProtocols.Http1);

        var ending = await new Gbridge(rest.Address).RunAsync("versions");

        Assert.NotEqual(0, ending.Code);
        Assert.Contains("answers, but not as gRPC", ending.Errors);
    }

    [Theory]
    [InlineData("GBRIDGE_API_KEY", "gb_secret")]
    [InlineData("GBRIDGE_API_KEY_FILE", null)]
    public async Task The_key_of_the_environment_is_sent_as_a_bearer_token(string variable, string? value)
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        var key = await FileAsync("key", "gb_secret\n");
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.With(variable, value ?? key).RunAsync("send", file, "--project", "acme");

        Assert.Equal(0, ending.Code);
        Assert.Equal("Bearer gb_secret", Assert.Single(Service.Created).Headers.GetValue("authorization"));
    }

    [Theory]
    [InlineData("would travel readable", "--server", "http://bridge.example:8080", "--api-key", "gb_secret")]
    [InlineData("not both", "--api-key", "gb_secret", "--api-key-file", "x")]
    [InlineData("visible ASCII", "--api-key", "gb secret")]
    [InlineData("is not an address", "--server", "localhost:8080")]
    [InlineData("scheme, host and port only", "--server", "http://localhost:8080/v1")]
    [InlineData("holds a user", "--server", "http://me:gb_secret@localhost:8080")]
    [InlineData("/nowhere", "--api-key-file", "/nowhere")]
    [InlineData("--ca-file is for https", "--ca-file", "x")]
    [InlineData("/nowhere", "--server", "https://localhost:1", "--ca-file", "/nowhere")]
    public async Task A_setting_that_is_wrong_ends_with_2_and_never_shows_the_key(string sentence, params string[] arguments)
    {
        var ending = await Gbridge.RunAsync(["versions", .. arguments]);

        Assert.Equal((2, ""), (ending.Code, ending.Output));
        Assert.Contains(sentence, ending.Errors);
        Assert.DoesNotContain("gb_secret", ending.Errors);
    }

    [Fact]
    public async Task A_fresh_key_is_random_and_its_entry_holds_the_hash_only()
    {
        var first = await Gbridge.RunAsync("key", "new", "--name", "ci", "--project", "projects/acme", "--role", "send, read", "--json");
        var second = await Gbridge.RunAsync("key", "new", "--name", "ci", "--json");

        using var line = JsonDocument.Parse(first.Output);
        var key = line.RootElement.GetProperty("key").GetString()!;
        var entry = line.RootElement.GetProperty("entry");
        Assert.Matches("^gb_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))), entry.GetProperty("hash").GetString());
        Assert.Equal("""["send","read"]""", entry.GetProperty("roles").GetRawText());
        Assert.Equal("""["acme"]""", entry.GetProperty("projects").GetRawText());
        Assert.DoesNotContain(key, second.Output);
        Assert.Contains("""["*"]""", second.Output);
    }

    [Theory]
    [InlineData("is none of send, read, operate, metrics", "--name", "ci", "--role", "admin")]
    [InlineData("1 to 100 characters", "--name", " ")]
    [InlineData("--name", "--role", "read")]
    public async Task A_key_nobody_can_use_is_not_made(string sentence, params string[] arguments)
    {
        var ending = await Gbridge.RunAsync(["key", "new", .. arguments]);

        Assert.Equal((2, ""), (ending.Code, ending.Output));
        Assert.Contains(sentence, ending.Errors);
    }

    [Fact]
    public async Task Help_lists_the_verbs_and_the_exit_codes()
    {
        var ending = await Gbridge.RunAsync();

        Assert.Equal(0, ending.Code);
        foreach (var part in new[] { "gbridge demo", "5 not delivered in the time given", "GBRIDGE_SERVER", "redeliver" })
            Assert.Contains(part, ending.Output);
    }
}
