using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>What is worth keeping over a restart, as a line of JSON.</summary>
/// <param name="Form">Of the line; another number is another form.</param>
/// <param name="Calls">Of the limit; null without one.</param>
/// <param name="Window">Of the limit, in seconds.</param>
/// <param name="Source">Of the limit.</param>
/// <param name="CallsPerVersion">What a version costs.</param>
internal sealed record SavedRateLimit(int Form, double? Calls, double? Window, LimitSource? Source, double CallsPerVersion)
{
    public const int CurrentForm = 2;
    private const int MostText = 1000;

    [JsonIgnore]
    public CallLimit? Limit =>
        Calls is { } calls && Window is { } window && Source is { } source ? new CallLimit(calls, TimeSpan.FromSeconds(window), source) : null;

    public string Write() => JsonSerializer.Serialize(this, SavedRateLimitJson.Default.SavedRateLimit);

    /// <returns>Null for what this program did not write, or what cannot be.</returns>
    public static SavedRateLimit? Read(string text)
    {
        if (text.Length > MostText)
            return null;
        try
        {
            return JsonSerializer.Deserialize(text, SavedRateLimitJson.Default.SavedRateLimit) is { Form: CurrentForm } saved && saved.IsPossible()
                ? saved
                : null;
        }
        catch (JsonException)
        {
            return null; // The caller says so, and begins afresh.
        }
    }

    private bool IsPossible() =>
        CallsPerVersion is >= 1 and <= 100
        && (Calls is null || Calls is >= 1 and <= 1e12)
        && (Window is null || (Window > 0 && Window <= CallHistory.Longest.TotalSeconds))
        && (Source is null || Enum.IsDefined(Source.Value))
        && (Calls is null) == (Window is null) && (Calls is null) == (Source is null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SavedRateLimit))]
internal sealed partial class SavedRateLimitJson : JsonSerializerContext;
