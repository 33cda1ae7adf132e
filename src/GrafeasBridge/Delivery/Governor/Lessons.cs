using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrafeasBridge.Delivery.Governor;

/// <summary>What is worth keeping over a restart, as a line of JSON.</summary>
/// <param name="Form">Of the line; another number is another form.</param>
/// <param name="Calls">Of the limit; null without one.</param>
/// <param name="Window">Of the limit, in seconds.</param>
/// <param name="Source">Of the limit.</param>
/// <param name="CallsPerVersion">What a version costs.</param>
internal sealed record Lessons(int Form, double? Calls, double? Window, LimitSource? Source, double CallsPerVersion)
{
    public const int CurrentForm = 2;
    private const int MostText = 1000;

    [JsonIgnore]
    public CallLimit? Limit =>
        Calls is { } calls && Window is { } window && Source is { } source ? new CallLimit(calls, TimeSpan.FromSeconds(window), source) : null;

    public string Write() => JsonSerializer.Serialize(this, LessonsJson.Default.Lessons);

    /// <returns>Null for what this program did not write, or what cannot be.</returns>
    public static Lessons? Read(string text)
    {
        if (text.Length > MostText)
            return null;
        try
        {
            return JsonSerializer.Deserialize(text, LessonsJson.Default.Lessons) is { Form: CurrentForm } lessons && lessons.IsPossible()
                ? lessons
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
[JsonSerializable(typeof(Lessons))]
internal sealed partial class LessonsJson : JsonSerializerContext;
