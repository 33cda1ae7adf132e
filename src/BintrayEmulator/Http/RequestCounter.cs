using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace BintrayEmulator.Http;

/// <summary>Counts calls by method, route and status; status 0 is a connection that was cut before the answer was whole.</summary>
internal sealed class RequestCounter
{
    // A stranger's method must not become a key of its own.
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), long> counts = new();

    public static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    public void Count(HttpContext context)
    {
        var method = Methods.Contains(context.Request.Method, StringComparer.Ordinal) ? context.Request.Method : "(other)";
        var status = context.RequestAborted.IsCancellationRequested ? 0 : context.Response.StatusCode;
        counts.AddOrUpdate((method, Route(context), status), 1, (_, n) => n + 1);
    }

    public void Reset() => counts.Clear();

    public JsonArray Json() => new([.. counts
        .OrderBy(c => c.Key.Route, StringComparer.Ordinal).ThenBy(c => c.Key.Method, StringComparer.Ordinal).ThenBy(c => c.Key.Status)
        .Select(c => new JsonObject { ["method"] = c.Key.Method, ["route"] = c.Key.Route, ["status"] = c.Key.Status, ["count"] = c.Value })]);
}
