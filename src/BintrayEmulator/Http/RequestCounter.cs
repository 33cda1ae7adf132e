using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using BintrayEmulator.Routing;

namespace BintrayEmulator.Http;

/// <summary>Counts calls by method, route and status; status 0 is a connection that was cut before the answer was whole.</summary>
internal sealed class RequestCounter(CallStatistics statistics)
{
    // Unknown methods share one key, so that callers cannot grow the table.
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly object DroppedKey = new();
    private static readonly object NumberKey = new();
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), long> counts = new();

    public static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    /// <summary>Records that a call arrived. Calls of the emulator's own pages are left out.</summary>
    public void Begin(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteKind>()?.IsOwn != true)
            context.Items[NumberKey] = statistics.Arrive();
    }

    /// <summary>Counts a call by its answer, unless it was dropped.</summary>
    public void Count(HttpContext context)
    {
        if (!context.Items.ContainsKey(DroppedKey))
            Add(context, context.RequestAborted.IsCancellationRequested ? 0 : context.Response.StatusCode);
    }

    /// <summary>Counts a call as dropped and cuts its connection, in this order: a caller that sees the cut can read the count.</summary>
    public void Drop(HttpContext context)
    {
        context.Items[DroppedKey] = true;
        Add(context, status: 0);
        context.Abort();
    }

    public void Reset() => counts.Clear();

    public JsonArray Json() => new([.. counts
        .OrderBy(c => c.Key.Route, StringComparer.Ordinal).ThenBy(c => c.Key.Method, StringComparer.Ordinal).ThenBy(c => c.Key.Status)
        .Select(c => new JsonObject
        {
            ["method"] = c.Key.Method,
            ["route"] = c.Key.Route,
            ["status"] = c.Key.Status,
            ["count"] = c.Value,
        })]);

    private void Add(HttpContext context, int status)
    {
        var method = Methods.Contains(context.Request.Method, StringComparer.Ordinal) ? context.Request.Method : "(other)";
        counts.AddOrUpdate((method, Route(context), status), 1, (_, n) => n + 1);
        if (context.Items[NumberKey] is long number)
            statistics.End(number, status);
    }
}
