using System.Globalization;
using System.Text;
using Google.Protobuf;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Receipts;

/// <summary>
/// Receipts with the reply to a create: in trailing metadata over gRPC, in headers over REST, in the order of the occurrences. All
/// of them or, when they are too many for what clients accept there, none, and their number.
/// </summary>
internal sealed class ReplyReceipts(ReceiptIssuer issuer, IOptions<ReceiptsOptions> settings)
{
    /// <summary>Sent by callers that want receipts: <c>true</c>.</summary>
    public const string Wanted = "x-grafeasbridge-receipt";

    /// <summary>Over gRPC: a <see cref="Receipt"/> as protobuf.</summary>
    public const string Trailer = "grafeasbridge-receipt-bin";

    /// <summary>Over REST: a <see cref="Receipt"/> as JSON in ASCII.</summary>
    public const string Header = "grafeasbridge-receipt";

    /// <summary>How many receipts were left out; each can be got from the receipt book.</summary>
    public const string Omitted = "grafeasbridge-receipts-omitted";

    // Widely used clients refuse more than 8 KiB of trailers, and something else may have to fit.
    private const int MaxBytes = 6 * 1024;
    private const int MaxReceipts = 16;

    private readonly ReceiptsInReplies when = settings.Value.InReplies;

    /// <param name="added">Not looked at when no receipts are wanted, which is the common case.</param>
    public void Give(ServerCallContext context, bool rest, IEnumerable<AddedOccurrence> added)
    {
        var http = context.GetHttpContext();
        if (!AreWanted(http.Request))
            return;
        AddedOccurrence[] stored = [.. added];
        string[]? asJson = null;
        byte[][]? asBytes = null;
        if (stored.Length <= MaxReceipts)
        {
            Receipt[] receipts = [.. stored.Select(one => issuer.Of(one.Creation, one.Message.Content)).OfType<Receipt>()];
            if (rest)
                asJson = Fitting(receipts.Select(Ascii), Header.Length, text => text.Length);
            else
                asBytes = Fitting(receipts.Select(receipt => receipt.ToByteArray()), Trailer.Length, bytes => (bytes.Length + 2) / 3 * 4);
        }

        var left = stored.Length - (asJson?.Length ?? asBytes?.Length ?? 0);
        var omitted = left.ToString(CultureInfo.InvariantCulture);
        if (rest)
        {
            foreach (var text in asJson ?? [])
                http.Response.Headers.Append(Header, text);
            if (left > 0)
                http.Response.Headers[Omitted] = omitted;
            return;
        }

        foreach (var bytes in asBytes ?? [])
            context.ResponseTrailers.Add(Trailer, bytes);
        if (left > 0)
            context.ResponseTrailers.Add(Omitted, omitted);
    }

    private bool AreWanted(HttpRequest request) => when switch
    {
        ReceiptsInReplies.Always => true,
        ReceiptsInReplies.Never => false,
        _ => request.Headers.TryGetValue(Wanted, out var text) && text is [{ } only] && only.Equals("true", StringComparison.OrdinalIgnoreCase),
    };

    private static T[]? Fitting<T>(IEnumerable<T> receipts, int name, Func<T, int> size)
    {
        T[] all = [.. receipts];
        return all.Sum(one => name + size(one)) <= MaxBytes ? all : null;
    }

    /// <summary>JSON that a header may hold: what is not ASCII stands in texts only, where it can be escaped.</summary>
    internal static string Ascii(Receipt receipt)
    {
        var json = JsonFormatter.Default.Format(receipt);
        if (Ascii(json))
            return json;
        var text = new StringBuilder(json.Length * 2);
        foreach (var c in json)
        {
            if (c is >= ' ' and <= '~')
                text.Append(c);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return text.ToString();
    }

    private static bool Ascii(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
