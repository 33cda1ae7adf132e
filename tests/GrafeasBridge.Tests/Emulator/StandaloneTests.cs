using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>The emulator as a program of its own.</summary>
[RunIn(LongerRun.Default)]
[OwnStore]
public sealed partial class StandaloneTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "BintrayEmulator.dll");
    private readonly string folder = Directory.CreateTempSubdirectory("emulator-alone-").FullName;
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose()
    {
        client.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Started_with_nothing_it_makes_a_user_whose_key_only_the_owner_can_read()
    {
        await using var emulator = Start();
        var url = await ListensOnAsync(emulator);
        var usersFile = Path.Combine(folder, "emulator.db.users");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(usersFile));

        Assert.Equal(0, await CheckAsync(url));
        Assert.Equal(401, await PostAsync(url, "/repos/acme/generic", credentials: null));
        Assert.Equal(201, await PostAsync(url, "/repos/acme/generic", await CredentialsAsync()));

        await emulator.SignalAsync("TERM");
        (var code, var output, _) = await emulator.EndAsync();
        Assert.Equal(0, code);
        Assert.Equal(1, await CheckAsync(url));
        Assert.DoesNotContain((await CredentialsAsync()).Split(':')[1], output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_answered_survives_a_kill()
    {
        await using (var first = Start())
        {
            var url = await ListensOnAsync(first);
            Assert.Equal(201, await PostAsync(url, "/repos/acme/generic", await CredentialsAsync()));
            await first.KillAsync();
        }

        await using var second = Start();
        Assert.Contains("\"generic\"", await client.GetStringAsync(await ListensOnAsync(second) + "/repos/acme", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Emulator:Lisen=x", "Emulator:Lisen is not a setting")]
    [InlineData("--Emulator:MaxBodyBytes=abc", "Emulator:MaxBodyBytes")]
    [InlineData("--Emulator:MaxBodyBytes=1", "MaxBodyBytes")]
    [InlineData("--Emulator:Users:ann:Key=x", "Emulator:Users:ann:Key is not a setting")]
    [InlineData("--Emulator:Listen=http://0.0.0.0:0", "there are no users")]
    [InlineData("--Emulator:Path=/dev/null/emulator.db", "/dev/null")]
    public async Task A_wrong_setting_stops_the_start_with_a_sentence(string argument, string sentence)
    {
        await using var emulator = Start(argument);
        (var code, _, var errors) = await emulator.EndAsync();
        Assert.Equal(2, code);
        Assert.Contains(sentence, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static async Task<int> CheckAsync(string url)
    {
        (var code, _, var errors) = await ProgramRun.RunAsync("dotnet", [Program, "--check", url]);
        Assert.Equal(code == 0, errors.Length == 0);
        return code;
    }

    private ProgramRun Start(params string[] more) => ProgramRun.Start(
        "dotnet", [Program, "--Emulator:Listen=http://127.0.0.1:0", "--Emulator:Path=" + Path.Combine(folder, "emulator.db"), .. more], folder);

    private static async Task<string> ListensOnAsync(ProgramRun emulator) =>
        Started().Match(await emulator.LineAsync(line => Started().IsMatch(line))).Groups["url"].Value;

    private async Task<string> CredentialsAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "emulator.db.users"), TestContext.Current.CancellationToken);
        return lines.Single(l => !l.StartsWith('#'));
    }

    private async Task<int> PostAsync(string url, string path, string? credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url + path) { Content = new StringContent("{}") };
        if (credentials is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    [GeneratedRegex(@"It listens on (?<url>http://\S+?),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Started();
}
