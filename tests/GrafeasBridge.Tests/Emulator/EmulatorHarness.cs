using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BintrayEmulator;
using BintrayEmulator.Faults;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>A real emulator on a free port with its file in a folder of its own, and clients to talk to it.</summary>
internal sealed class EmulatorHarness : IAsyncDisposable
{
    public const string User = "ci";
    public const string Key = "0123456789abcdef0123456789abcdef01234567";
    public const string Package = "/packages/acme/containers/team:web";
    public const string Version = Package + "/versions/1.4.0";
    public const string Attributes = Version + "/attributes";

    private readonly string folder = Directory.CreateTempSubdirectory("bintray-emulator-").FullName;
    private readonly Action<EmulatorOptions>? configure;
    private readonly TimeProvider clock;
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication app;

    private EmulatorHarness(Action<EmulatorOptions>? configure, TimeProvider? clock)
    {
        this.configure = configure;
        this.clock = clock ?? TimeProvider.System;
        app = Build();
    }

    public TestLogs Logs { get; } = new();

    public Uri Url => new(app.Urls.Single());

    public string DatabasePath => Path.Combine(folder, "emulator.db");

    public static async Task<EmulatorHarness> StartAsync(Action<EmulatorOptions>? configure = null, TimeProvider? clock = null)
    {
        var harness = new EmulatorHarness(configure, clock);
        await harness.app.StartAsync(TestContext.Current.CancellationToken);
        return harness;
    }

    /// <summary>With a Docker repository, one package and one version in it.</summary>
    public static async Task<EmulatorHarness> StartWithVersionAsync(Action<EmulatorOptions>? configure = null, TimeProvider? clock = null)
    {
        var harness = await StartAsync(configure, clock);
        await harness.MakeVersionAsync();
        return harness;
    }

    public async Task MakeVersionAsync()
    {
        Assert.Equal(201, (await PostAsync("/repos/acme/containers", """{"type":"docker"}""")).Status);
        Assert.Equal(201, (await PostAsync("/packages/acme/containers", """{"name":"team:web"}""")).Status);
        Assert.Equal(201, (await PostAsync(Package + "/versions", """{"name":"1.4.0"}""")).Status);
    }

    /// <summary>Ends the process's part and starts again on the same file.</summary>
    public async Task RestartAsync()
    {
        await app.StopAsync(TestContext.Current.CancellationToken);
        await app.DisposeAsync();
        app = Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path);

    public Task<Reply> PostAsync(string path, string body) => SendAsync("POST", path, body);

    public Task<Reply> PatchAsync(string path, string body) => SendAsync("PATCH", path, body);

    public Task<Reply> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<Reply> FaultsAsync(string plan) => SendAsync("PUT", "/_emulator/faults", plan);

    public Task<Reply> AnonymousAsync(string method, string path, string? body = null) => SendAsync(method, path, body, authorization: null);

    public Task<Reply> SendAsync(string method, string path, string? body = null) => SendAsync(method, path, body, Basic(User, Key));

    public async Task<Reply> SendAsync(string method, string path, string? body, string? authorization)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url.GetLeftPart(UriPartial.Authority) + path));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Reply((int)response.StatusCode, text, response.Content.Headers.ContentType?.ToString(), response.Headers);
    }

    public static string Basic(string user, string key) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{key}"));

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Logs.Dispose();
    }

    private WebApplication Build()
    {
        var options = new EmulatorOptions { Listen = "http://127.0.0.1:0", Path = DatabasePath, AdminEnabled = true };
        options.Users[User] = new EmulatorUser { ApiKey = Key };
        configure?.Invoke(options);
        return EmulatorHost.Build(options, clock, logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Logs), FaultInjection.Configure);
    }
}

/// <summary>An answer of the emulator.</summary>
internal sealed record Reply(int Status, string Text, string? ContentType, HttpResponseHeaders Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Message => Json["message"]!.GetValue<string>();

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>The values of an attribute as a set, printed: the order of values means nothing.</summary>
    public string ValuesOf(string attribute) => string.Join(
        ' ', Attribute(attribute)["values"]!.AsArray().Select(v => v!.ToJsonString()).Order(StringComparer.Ordinal));

    public string TypeOf(string attribute) => Attribute(attribute)["type"]!.GetValue<string>();

    public IEnumerable<string> Names => Json.AsArray().Select(a => a!["name"]!.GetValue<string>());

    private JsonNode Attribute(string name) => Json.AsArray().Single(a => a!["name"]!.GetValue<string>() == name)!;
}
