using System.Text.Json;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>Reads the emulator's own pages.</summary>
internal static class EmulatorPages
{
    /// <summary>Calls of the page of its state, whatever their route and status.</summary>
    public static long Calls(JsonDocument state) => Sum(state.RootElement.GetProperty("requests"));

    private static long Sum(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetInt64(),
        JsonValueKind.Object when element.TryGetProperty("count", out var count) => count.GetInt64(),
        JsonValueKind.Object => element.EnumerateObject().Sum(one => Sum(one.Value)),
        JsonValueKind.Array => element.EnumerateArray().Sum(Sum),
        _ => 0,
    };
}
