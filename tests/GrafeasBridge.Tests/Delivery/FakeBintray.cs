using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>One request as it came over the wire.</summary>
internal sealed record FakeCall(string Method, string RawTarget, string Body, string? Authorization)
{
    public override string ToString() => $"{Method} {RawTarget}";
}

/// <summary>
/// A Bintray-shaped server on a real socket. It keeps attributes of versions; a script may answer in its place, stall, lie or
/// break the connection.
/// </summary>
internal sealed class FakeBintray : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Observed<FakeCall> calls = new();

    private FakeBintray(WebApplication app) => this.app = app;

    /// <summary>Runs first; true when it has answered (or has done whatever it wanted instead).</summary>
    public Func<FakeCall, HttpContext, Task<bool>>? Script { get; set; }

    /// <summary>Attributes by "subject/repo/package/version", then by name.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, JsonNode>> Versions { get; } = new(StringComparer.Ordinal);

    /// <summary>Subjects, repositories and packages that are there, by path.</summary>
    public ConcurrentDictionary<string, bool> Things { get; } = new(StringComparer.Ordinal);

    public string Url => app.Urls.Single();

    public IReadOnlyList<FakeCall> Calls => calls.All;

    public static async Task<FakeBintray> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var built = builder.Build();
        var fake = new FakeBintray(built);
        built.Run(fake.HandleAsync);
        await built.StartAsync();
        return fake;
    }

    /// <summary>A version with everything above it.</summary>
    public ConcurrentDictionary<string, JsonNode> Have(string subject, string repo, string package, string? version = null)
    {
        Things[subject] = Things[$"{subject}/{repo}"] = Things[$"{subject}/{repo}/{package}"] = true;
        return version is null ? [] : Versions.GetOrAdd($"{subject}/{repo}/{package}/{version}", _ => new(StringComparer.Ordinal));
    }

    /// <summary>Ends as soon as the calls so far satisfy the condition.</summary>
    public Task UntilAsync(Func<IReadOnlyList<FakeCall>, bool> condition) => calls.UntilAsync(condition);

    public static async Task AnswerAsync(HttpContext context, int status, string body, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body);
    }

    public static Task SayAsync(HttpContext context, int status, string message) =>
        AnswerAsync(context, status, new JsonObject { ["message"] = message }.ToJsonString());

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var body = await new StreamReader(context.Request.Body, Encoding.UTF8).ReadToEndAsync();
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var call = new FakeCall(context.Request.Method, raw, body, context.Request.Headers.Authorization);
        calls.Add(call);
        if (Script is { } script && await script(call, context))
            return;
        string[] path = [.. raw.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        switch (path)
        {
            case ["packages", var s, var r, var p, "versions", var v, "attributes"]:
                await AttributesAsync(context, call, s, r, p, v);
                break;
            case ["packages", var s, var r, var p, "versions"] when await IsThereAsync(context, s, r, p):
                var added = Versions.TryAdd($"{s}/{r}/{p}/{Name(body)}", new(StringComparer.Ordinal));
                await (added ? AnswerAsync(context, 201, body) : SayAsync(context, 409, $"Version {Name(body)} already exists"));
                break;
            case ["packages", var s, var r] when await IsThereAsync(context, s, r):
                Things[$"{s}/{r}/{Name(body)}"] = true;
                await AnswerAsync(context, 201, body);
                break;
            case ["repos", var s, var r] when await IsThereAsync(context, s):
                Things[$"{s}/{r}"] = true;
                await AnswerAsync(context, 201, body);
                break;
            default:
                if (!context.Response.HasStarted)
                    await SayAsync(context, 404, "Not Found");
                break;
        }
    }

    private static string Name(string body) => JsonNode.Parse(body)!["name"]!.GetValue<string>();

    private async Task<bool> IsThereAsync(HttpContext context, params string[] path)
    {
        string[] kinds = ["Subject", "Repo", "Package"];
        for (var i = 0; i < path.Length; i++)
        {
            if (Things.ContainsKey(string.Join('/', path[..(i + 1)])))
                continue;
            await SayAsync(context, 404, $"{kinds[i]} '{path[i]}' was not found");
            return false;
        }

        return true;
    }

    private async Task AttributesAsync(HttpContext context, FakeCall call, string s, string r, string p, string v)
    {
        if (!await IsThereAsync(context, s, r, p))
            return;
        if (!Versions.TryGetValue($"{s}/{r}/{p}/{v}", out var attributes))
        {
            await SayAsync(context, 404, $"Version '{v}' was not found");
            return;
        }

        if (call.Method == "PATCH")
        {
            foreach (var attribute in JsonNode.Parse(call.Body)!.AsArray())
                attributes[attribute!["name"]!.GetValue<string>()] = Reversed(attribute);
        }
        else if (call.Method == "DELETE")
        {
            var names = context.Request.Query["names"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
            foreach (var name in names.Length == 0 ? [.. attributes.Keys] : names)
                attributes.TryRemove(name, out _);
            await SayAsync(context, 200, "success");
            return;
        }

        await AnswerAsync(context, 200, new JsonArray([.. attributes.Values.Select(a => a.DeepClone())]).ToJsonString());
    }

    // The real service did not keep the order of values.
    private static JsonNode Reversed(JsonNode attribute)
    {
        var copy = attribute.DeepClone();
        copy["values"] = new JsonArray([.. copy["values"]!.AsArray().Reverse().Select(n => n!.DeepClone())]);
        return copy;
    }
}
