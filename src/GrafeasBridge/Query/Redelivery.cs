using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Query;

/// <summary>
/// Marks many versions, found by a filter. Each batch is found and marked by itself: what changed in between is left alone, and
/// a call that breaks off has marked the batches before.
/// </summary>
internal sealed class Redelivery(IBridgeStore store, ListReader lists, PageTokens tokens, IOptions<ApiOptions> settings)
{
    private const int DefaultMost = 1000;
    private const int LargestMost = 100_000;

    // Other writers wait for a transaction of this many.
    private const int Batch = 500;
    private const int Sample = 20;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a filter, a number or a token that cannot be taken.</exception>
    public async Task<RedeliverVersionsResponse> RunAsync(
        Caller caller, RedeliverVersionsRequest request, CancellationToken cancellationToken)
    {
        var room = Most(request.MaxVersions);
        var filter = lists.Compile(request.Filter, VersionSubject.Versions);
        if (filter.IsEverything)
            throw Errors.Invalid("filter", "is required; target:* matches every version");
        // The token of a dry run would make the real one begin in the middle.
        var list = PageTokens.List("RedeliverVersions", request.ValidateOnly ? "validate_only" : "", request.Filter);
        long? after = await tokens.ReadAsync(request.PageToken, list, cancellationToken);

        var visible = new VersionFilter(Projects: caller.Projects is null ? null : [.. caller.Projects]);
        var response = new RedeliverVersionsResponse();
        var looks = settings.Value.MaxFilterScan;
        while (after is { } last && room > 0 && looks > 0)
        {
            var query = new ListQuery(filter.Condition, last, Math.Min(Batch, room), MaxLooks: looks);
            var part = await store.ListVersionsAsync(visible, query, cancellationToken);
            var matched = await TakeAsync(part.Items, filter, request.ValidateOnly, response, cancellationToken);
            room -= matched;
            looks -= part.Looked;
            after = part.IsLast ? null : part.Through;
        }

        response.NextPageToken = await tokens.WriteAsync(after, list, cancellationToken);
        return response;
    }

    private async Task<int> TakeAsync(
        IReadOnlyList<VersionRow> rows,
        ListFilter filter,
        bool isDryRun,
        RedeliverVersionsResponse response,
        CancellationToken cancellationToken)
    {
        var matched = new List<VersionRow>();
        foreach (var row in rows)
        {
            var summary = VersionReports.Summary(row);
            if (!filter.Matches(summary))
                continue;
            matched.Add(row);
            if (response.Sample.Count < Sample)
                response.Sample.Add(summary);
        }

        response.Matched += matched.Count;
        if (isDryRun || matched.Count == 0)
            return matched.Count;
        var marked = await store.RedeliverAsync(matched, cancellationToken);
        response.Marked += marked;
        response.Skipped += matched.Count - marked;
        return matched.Count;
    }

    private static int Most(int asked) => asked switch
    {
        0 => DefaultMost,
        < 0 => throw Errors.Invalid("max_versions", $"is {asked}; it must not be negative"),
        > LargestMost => throw Errors.Invalid("max_versions", $"is {asked}; at most {LargestMost} are allowed"),
        _ => asked,
    };
}
