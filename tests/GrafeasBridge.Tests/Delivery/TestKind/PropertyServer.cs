using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery.TestKind;

/// <summary>
/// A repository of items with properties, on a real socket: no types, texts in lower case, nothing is created by writing, and an access
/// token instead of a user.
/// </summary>
internal sealed class PropertyServer : IAsyncDisposable
{
    public const string Token = "t0ken-of-the-properties";

    private readonly WebApplication app;

    private PropertyServer(WebApplication app) => this.app = app;

    /// <summary>Properties by the item's path.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, string[]>> Items { get; } = new(StringComparer.Ordinal);

    public string Url => app.Urls.Single();

    public static async Task<PropertyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new PropertyServer(builder.Build());
        server.app.Run(server.HandleAsync);
        await server.app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (!Items.TryGetValue(path, out var properties))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("no item");
        }
        else
        {
            await ChangeAsync(context.Request, properties);
            await context.Response.WriteAsJsonAsync(properties);
        }
    }

    private static async Task ChangeAsync(HttpRequest request, ConcurrentDictionary<string, string[]> properties)
    {
        if (HttpMethods.IsPut(request.Method))
        {
            foreach (var (name, values) in (await JsonSerializer.DeserializeAsync<Dictionary<string, string[]>>(request.Body))!)
                properties[name] = [.. values.Select(value => value.ToLowerInvariant())];
        }
        else if (HttpMethods.IsDelete(request.Method))
        {
            foreach (var name in request.Query["name"])
                properties.TryRemove(name!, out _);
        }
    }
}
