using System.Net.Http.Headers;
using System.Text;
using BintrayEmulator;
using BintrayEmulator.Faults;
using Microsoft.AspNetCore.Builder;

namespace GrafeasBridge.Tests.Support;

/// <summary>An emulator with a history that fails on demand, for a bridge that has it as its target.</summary>
internal sealed class FaultyEmulator : IAsyncDisposable
{
    public const string Target = "main";
    private const string User = "bridge";
    private const string Key = "faulty-test-key";

    private readonly TemporaryFolder folder = new();
    private readonly WebApplication app;

    private FaultyEmulator()
    {
        var options = new EmulatorOptions { Listen = "http://127.0.0.1:0", Path = folder.File("target.db"), AdminEnabled = true, History = true };
        options.Users[User] = new EmulatorUser { ApiKey = Key };
        app = EmulatorHost.Build(options, TimeProvider.System, configure: FaultInjection.Configure);
    }

    /// <summary>Talks to the emulator as the bridge's user.</summary>
    public HttpClient Http { get; } = new();

    /// <summary>Settings of a bridge that delivers to this emulator.</summary>
    public IEnumerable<string> Settings =>
    [
        "Targets:0:Name=" + Target, $"Targets:0:BaseUrl={app.Urls.Single()}", "Targets:0:Username=" + User, "Targets:0:ApiKey=" + Key,
    ];

    public static async Task<FaultyEmulator> StartAsync()
    {
        var emulator = new FaultyEmulator();
        await emulator.app.StartAsync(TestContext.Current.CancellationToken);
        emulator.Http.BaseAddress = new Uri(emulator.app.Urls.Single());
        emulator.Http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Key}")));
        return emulator;
    }

    /// <summary>Puts a plan in force.</summary>
    public async Task FaultsAsync(string plan)
    {
        using var content = new StringContent(plan);
        using var answer = await Http.PutAsync(new Uri("/_emulator/faults", UriKind.Relative), content, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }
}
