namespace GrafeasBridge.Delivery.Http;

/// <summary>What an answer means by its status alone, where a kind of target knows no better. Pure.</summary>
internal static class HttpReplies
{
    private const int MaxQuote = 300;

    /// <param name="status">HTTP status.</param>
    /// <param name="said">The sentence for a failure.</param>
    /// <param name="location">Where a redirect points; null without one.</param>
    public static TargetVerdict Judge(int status, string said, Uri? location) => status switch
    {
        >= 200 and < 300 => TargetVerdict.Done,
        >= 300 and < 400 => new(DeliveryOutcome.Unreachable, Redirect(status, location)),
        429 => new(DeliveryOutcome.Throttled, said),
        408 or 425 or >= 500 or < 200 => new(DeliveryOutcome.Unreachable, said),
        401 or 403 => new(DeliveryOutcome.Unauthorized, said),
        _ => new(DeliveryOutcome.Rejected, said),
    };

    /// <summary>The sentence about an answer.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="message">The target's own words; null when it said nothing that its kind can read.</param>
    public static string Said(int status, string? message) => message is null
        ? $"The target answered {status}, not in its own format."
        : $"The target answered {status}: {Text.OneLine(message, MaxQuote)}";

    private static string Redirect(int status, Uri? location)
    {
        var where = location is { IsAbsoluteUri: true } ? $" to {Text.OneLine(location.GetLeftPart(UriPartial.Authority), 100)}" : "";
        return $"The endpoint redirects{where} ({status}), and redirects are not followed; "
            + "set the target's BaseUrl to where the service is.";
    }
}
