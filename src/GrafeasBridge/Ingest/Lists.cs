using Google.Protobuf;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>What a list is asked.</summary>
/// <param name="Method">Binds a token to the kind of list.</param>
internal sealed record ListCall(string Method, string Parent, string Filter, int PageSize, string PageToken);

/// <summary>Reads pages of notes and occurrences, in the form of any version.</summary>
internal sealed class Lists(PageTokens tokens, IOptions<IngestOptions> settings)
{
    // The token and its tag.
    private const int PageReserve = 128;

    private readonly IngestOptions options = settings.Value;

    /// <param name="fetch">Items after a sequence, at most as many as asked for.</param>
    public async Task<(T[] Items, string NextPageToken)> ReadAsync<T, TV1>(
        IForm<T, TV1> form, ListCall call, Func<long, int, Task<IReadOnlyList<StoredItem>>> fetch, CancellationToken cancellationToken)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        Pages.RefuseFilter(call.Filter);
        int size = Pages.Size(call.PageSize, Pages.DefaultSize, options.MaxPageSize);
        string list = PageTokens.List(form.Version + call.Method, call.Parent, string.Empty);
        long after = await tokens.ReadAsync(call.PageToken, list, cancellationToken);
        Page<T> page = await Pages.ReadAsync(fetch, form.Read, after, size, options.MaxMessageBytes - PageReserve);
        return ([.. page.Items], await tokens.WriteAsync(page.Last, list, cancellationToken));
    }
}
