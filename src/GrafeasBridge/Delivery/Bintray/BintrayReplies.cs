using System.Text;
using System.Text.Json;
using GrafeasBridge.Delivery.Http;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>What an answer of a Bintray-shaped endpoint means. Pure; survives any body.</summary>
internal static class BintrayReplies
{
    /// <param name="status">HTTP status.</param>
    /// <param name="body">The beginning of the body.</param>
    /// <param name="creates">True for a POST that creates: there, 409 means that it exists already, which is as good.</param>
    /// <param name="location">Where a redirect points; null without one.</param>
    public static TargetVerdict Judge(int status, ReadOnlySpan<byte> body, bool creates, Uri? location = null)
    {
        if (status is >= 200 and < 400)
            return HttpReplies.Judge(status, "", location);
        if (status == 409 && creates)
            return TargetVerdict.Done;
        var message = Message(body);
        var said = HttpReplies.Said(status, message);
        return status switch
        {
            _ when SaysLimit(body, message) => new(DeliveryOutcome.Throttled, said),
            404 when Missing(message) is { } missing => new(DeliveryOutcome.Missing, said, missing.Word()),
            403 when SaysPlan(message) => new(DeliveryOutcome.Rejected, said),
            // Not the service's own words: something in front of it answered, which may pass.
            404 or 405 when message is null => new(DeliveryOutcome.Unreachable, said),
            _ => HttpReplies.Judge(status, said, location),
        };
    }

    /// <summary>The service's message; null when the body is not its JSON.</summary>
    internal static string? Message(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 16 });
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String
                    ? message.GetString()
                    : null;
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            return null; // HTML, cut off, or not text at all: the status says enough
        }
    }

    private static BintrayPart? Missing(string? message) =>
        message?.EndsWith("was not found", StringComparison.OrdinalIgnoreCase) == true ? BintrayParts.Said(message.Split(' ', 2)[0]) : null;

    // The limit comes as 403, and a proxy may wrap it in something that is not JSON.
    private static bool SaysLimit(ReadOnlySpan<byte> body, string? message) =>
        (message ?? Encoding.UTF8.GetString(body)).Contains("exceeded your API call limit", StringComparison.OrdinalIgnoreCase);

    // Features outside the account's plan: no credentials will help.
    private static bool SaysPlan(string? message) =>
        message is not null
        && (message.Contains("must be premium", StringComparison.OrdinalIgnoreCase)
            || message.Contains("commercial type does not support", StringComparison.OrdinalIgnoreCase));
}
