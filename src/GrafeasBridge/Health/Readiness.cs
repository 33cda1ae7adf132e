using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;

namespace GrafeasBridge.Health;

/// <summary>The answer of /readyz: 200 while the bridge can serve, degraded or not, and 503 while it cannot; with reasons.</summary>
internal static class Readiness
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // JSON alone, never inside a page
    };

    public static async Task AnswerAsync(HttpContext context, BridgeHealth health)
    {
        var state = await health.CheckAsync(context.RequestAborted);
        context.Response.StatusCode = state.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        var answer = new { status = Word(state), reasons = state.All };
        await context.Response.WriteAsJsonAsync(answer, Form, context.RequestAborted);
    }

    private static string Word(HealthState state) => !state.IsReady ? "not ready" : state.Degraded.Count > 0 ? "degraded" : "ready";
}
