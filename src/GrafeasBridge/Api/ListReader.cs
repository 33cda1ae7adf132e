using Google.Protobuf;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api;

/// <summary>One call of a list method.</summary>
/// <param name="Method">Binds a token to the kind of list.</param>
/// <param name="Parent">Binds a token to what is listed.</param>
/// <param name="Subject">What the filter can speak of: the message as the answer shows it.</param>
internal sealed record ListCall(
    string Method, string Parent, string Filter, FilterSubject Subject, int PageSize, string PageToken, int DefaultSize = Pages.DefaultSize)
{
    /// <summary>True for a list that takes a size over the limit, and answers with pages of the largest size there is.</summary>
    public bool TakesAnySize { get; init; }

    /// <summary>Largest size that may be asked for; null for that of the settings.</summary>
    public int? LargestSize { get; init; }
}

/// <summary>
/// Reads a page of any list. The store narrows by columns; what a filter says of the rest of a message is tested here, on the
/// message as the answer shows it. A page ends when it is full, when it is as large as an answer may be, and when so many rows
/// were looked at in vain that the caller should not wait longer: then it is short, even empty, and has a token.
/// </summary>
internal sealed class ListReader(PageTokens tokens, IOptions<ApiOptions> settings)
{
    // Tag and length of each element of the answer, and the token with its tag.
    private const int ItemOverhead = Pages.ItemOverhead;
    private const int TokenReserve = 128;

    // Of rows of which few may match: held at a time, whatever the filter.
    private const int PartRows = 1000;
    private const int PartBytes = 4 << 20;

    private readonly ApiOptions options = settings.Value;
    private readonly FilterLimits limits = new(
        settings.Value.MaxFilterLength, settings.Value.MaxFilterDepth, settings.Value.MaxFilterTerms);

    /// <param name="fetch">A part of the list, as <see cref="IBridgeStore"/> gives it; it may hold more rows than asked for.</param>
    /// <param name="view">Sequence and message of a row; no message when the caller may not see it.</param>
    /// <returns>The page, and the token of the next one: empty when nothing follows.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a filter, a size or a token that cannot be taken.</exception>
    public async Task<(IReadOnlyList<T> Items, string NextPageToken)> ReadAsync<TRow, T>(
        ListCall call,
        Func<ListQuery, Task<ListPart<TRow>>> fetch,
        Func<TRow, (long Sequence, T? Message)> view,
        CancellationToken cancellationToken)
        where T : class, IMessage
    {
        var filter = Compile(call.Filter, call.Subject);
        var asked = call.TakesAnySize ? Math.Min(call.PageSize, options.MaxPageSize) : call.PageSize;
        var size = call.LargestSize is { } largest
            ? Pages.Size(asked, call.DefaultSize, largest)
            : Pages.Size(asked, call.DefaultSize, options.MaxPageSize, "Ingest:MaxPageSize");
        var list = PageTokens.List(call.Method, call.Parent, filter.IsEverything ? string.Empty : call.Filter);
        var after = await tokens.ReadAsync(call.PageToken, list, cancellationToken);
        var page = new ListPage<T>(filter, size, options.MaxMessageBytes - TokenReserve);
        var next = await FillAsync(page, filter, after, fetch, view, cancellationToken);
        return (page.Items, await tokens.WriteAsync(next, list, cancellationToken));
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a filter that cannot be taken.</exception>
    public ListFilter Compile(string text, FilterSubject subject)
    {
        try
        {
            return ListFilter.Compile(text, subject, limits);
        }
        catch (FilterException refused)
        {
            throw Errors.Invalid("filter", refused.Message);
        }
    }

    /// <returns>Where the list goes on; null when nothing follows.</returns>
    private async Task<long?> FillAsync<TRow, T>(
        ListPage<T> page,
        ListFilter filter,
        long after,
        Func<ListQuery, Task<ListPart<TRow>>> fetch,
        Func<TRow, (long Sequence, T? Message)> view,
        CancellationToken cancellationToken)
        where T : class, IMessage
    {
        // Whoever asks for everything gets full pages.
        var budget = filter.IsEverything ? int.MaxValue : options.MaxFilterScan;
        while (budget > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = await fetch(filter.IsExact
                ? new ListQuery(filter.Condition, after, page.Missing + 1, page.BytesLeft, budget)
                : new ListQuery(filter.Condition, after, PartRows, PartBytes, budget));
            foreach (var row in part.Items)
            {
                (var sequence, var message) = view(row);
                // What follows begins here: nothing that matches lies between.
                if (message is not null && !page.TryAdd(message))
                    return sequence - 1;
            }

            if (part.IsLast)
                return null;
            after = part.Through;
            budget -= part.Looked;
        }

        return after;
    }

    /// <summary>A page that is being filled.</summary>
    private sealed class ListPage<T>(ListFilter filter, int size, long maxBytes)
        where T : IMessage
    {
        private readonly List<T> items = new(Math.Min(size, Pages.DefaultSize));
        private long bytes;

        public IReadOnlyList<T> Items => items;

        public int Missing => size - items.Count;

        public long BytesLeft => Math.Max(1, maxBytes - bytes);

        /// <returns>False for a message that belongs on the next page. One always fits.</returns>
        public bool TryAdd(T message)
        {
            if (!filter.Matches(message))
                return true;
            if (Missing == 0)
                return false;
            var larger = bytes + message.CalculateSize() + ItemOverhead;
            if (items.Count > 0 && larger > maxBytes)
                return false;
            bytes = larger;
            items.Add(message);
            return true;
        }
    }
}
