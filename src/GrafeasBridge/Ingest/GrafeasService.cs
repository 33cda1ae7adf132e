using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>
/// grafeas.v1.Grafeas, over gRPC and, from the annotations in the protos, over REST. In every method: the names, the body's
/// presence, access, the rest of the body, the page, the store.
/// </summary>
internal sealed partial class GrafeasService(
    IBridgeStore store,
    Intake intake,
    PageTokens tokens,
    OccurrenceUpdate occurrenceUpdate,
    TimeProvider clock,
    IOptions<IngestOptions> settings)
    : Grafeas.V1.Grafeas.GrafeasBase
{
    private const string NoteType = "note";
    private const string OccurrenceType = "occurrence";

    private readonly IngestOptions options = settings.Value;

    /// <summary>Reads one page and parses it.</summary>
    private async Task<(T[] Items, string NextPageToken)> PageAsync<T>(
        ListCall call, MessageParser<T> parser, Func<long, int, Task<IReadOnlyList<StoredItem>>> fetch, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        Pages.RefuseFilter(call.Filter);
        int size = Pages.Size(call.PageSize, Pages.DefaultSize, options.MaxPageSize, "Ingest:MaxPageSize");
        string list = PageTokens.List(call.Method, call.Parent, string.Empty);
        long after = await tokens.ReadAsync(call.PageToken, list, cancellationToken);
        Page page = await Pages.ReadAsync(fetch, after, size, options.MaxMessageBytes - PageReserve);
        var items = new T[page.Items.Count];
        for (int i = 0; i < items.Length; i++) items[i] = parser.ParseFrom(page.Items[i]);
        return (items, await tokens.WriteAsync(page.Last, list, cancellationToken));
    }

    // The token and its tag.
    private const int PageReserve = 128;

    private static async Task<Empty> AboutAsync(Task call, string type, string name)
    {
        try
        {
            await call;
            return new Empty();
        }
        catch (StoreException refused) when (!refused.Failure.IsTransient() && refused.Failure != StoreFailure.Broken)
        {
            throw Errors.From(refused, type, name);
        }
    }

    /// <param name="Method">Binds a token to the kind of list.</param>
    private sealed record ListCall(string Method, string Parent, string Filter, int PageSize, string PageToken);
}
