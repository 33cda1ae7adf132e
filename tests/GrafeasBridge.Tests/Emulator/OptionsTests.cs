using BintrayEmulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Settings: what is refused at the start, and with which sentence.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_in_order() => Assert.Empty(EmulatorHost.Problems(new EmulatorOptions()));

    [Theory]
    [InlineData("http://0.0.0.0:8082", "no users")]
    [InlineData("http://*:8082", "no users")]
    [InlineData("http://[::]:8082", "no users")]
    [InlineData("https://127.0.0.1:8082", "plain http")]
    [InlineData("127.0.0.1:8082", "plain http")]
    [InlineData("http://127.0.0.1:8082/api", "no path")]
    [InlineData("http://example.com:8082", "an IP address")]
    public void A_place_to_listen_that_cannot_be_used_is_refused(string listen, string reason)
    {
        var problem = Assert.Single(EmulatorHost.Problems(new EmulatorOptions { Listen = listen }));
        Assert.Contains("Emulator:Listen", problem, StringComparison.Ordinal);
        Assert.Contains(listen, problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:8082")]
    [InlineData("http://[::1]:8082")]
    [InlineData("http://127.0.0.1:0")]
    public void Loopback_needs_no_users(string listen) => Assert.Empty(EmulatorHost.Problems(new EmulatorOptions { Listen = listen }));

    [Fact]
    public void Other_machines_may_come_once_there_are_users()
    {
        var options = new EmulatorOptions { Listen = "http://0.0.0.0:8082" };
        options.Users["ci"] = new EmulatorUser { ApiKey = EmulatorHost.NewApiKey() };
        Assert.Empty(EmulatorHost.Problems(options));
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        var options = new EmulatorOptions { MaxBodyBytes = 1, RateLimit = -1, UsersFile = "/no/such/file", AdminKeyFile = "/nor/this" };
        options.Users["a:b"] = new EmulatorUser();
        var problems = string.Join('\n', EmulatorHost.Problems(options));
        foreach (var part in new[] { "MaxBodyBytes", "RateLimit", "Emulator:UsersFile ('/no/such/file')", "Emulator:AdminKeyFile ('/nor/this')", "'a:b'", "exactly one of ApiKey and ApiKeyFile" })
            Assert.Contains(part, problems, StringComparison.Ordinal);

        Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => EmulatorHost.Build(options, TimeProvider.System));
    }

    [Theory]
    [InlineData("no colon here")]
    [InlineData("# nobody\n")]
    public void A_users_file_that_holds_something_else_is_refused(string content)
    {
        var folder = Directory.CreateTempSubdirectory("emulator-users-");
        var file = Path.Combine(folder.FullName, "users");
        File.WriteAllText(file, content);
        var options = new EmulatorOptions { UsersFile = file, Path = Path.Combine(folder.FullName, "emulator.db") };
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => EmulatorHost.Build(options, TimeProvider.System)).Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_embedded_emulator_leaves_console_and_signals_to_the_host_around_it()
    {
        var folder = Directory.CreateTempSubdirectory("emulator-embedded-");
        await using (var app = EmulatorHost.Build(new EmulatorOptions { Path = Path.Combine(folder.FullName, "emulator.db") }, TimeProvider.System))
        {
            Assert.IsNotType<ConsoleLifetime>(app.Services.GetRequiredService<IHostLifetime>(), exactMatch: false);
            Assert.DoesNotContain(app.Services.GetRequiredService<IConfiguration>().AsEnumerable(), c => c.Key == "PATH");
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void New_keys_look_like_the_services_and_differ()
    {
        Assert.Matches("^[0-9a-f]{40}$", EmulatorHost.NewApiKey());
        Assert.NotEqual(EmulatorHost.NewApiKey(), EmulatorHost.NewApiKey());
    }
}
