using System.CommandLine;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary>Reads the pages of versions one after the other.</summary>
internal static class VersionPages
{
    public const int LargestPage = 1000;

    public static async IAsyncEnumerable<VersionSummary> ReadAsync(Session session, ListVersionsRequest filter, int pageSize = LargestPage)
    {
        var request = filter.Clone();
        request.PageSize = pageSize;
        do
        {
            var page = await session.QueryAsync(o => session.Bridge.ListVersionsAsync(request, o));
            foreach (var version in page.Versions)
                yield return version;

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}

/// <summary>How many to print.</summary>
internal static class LimitOption
{
    public static Option<int> New()
    {
        var limit = new Option<int>("--limit")
        {
            Description = "The most to print; 0 for all.",
            HelpName = "count",
            DefaultValueFactory = _ => 100,
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
                result.AddError("--limit must be 0 or more.");
        });
        return limit;
    }

    /// <summary>Takes up to the limit, and says so when there is more.</summary>
    public static async Task<List<T>> TakeAsync<T>(IAsyncEnumerable<T> all, int limit, Session session)
    {
        var taken = new List<T>();
        await foreach (var item in all.WithCancellation(session.Token))
        {
            if (limit > 0 && taken.Count == limit)
            {
                session.Screen.Error($"There are more than {limit}; --limit sets how many are shown.");
                break;
            }

            taken.Add(item);
        }

        return taken;
    }

    /// <summary>One more than is shown, so that one page is enough to know whether more follow.</summary>
    public static int PageSize(int limit) => limit == 0 ? VersionPages.LargestPage : Math.Min(limit + 1, VersionPages.LargestPage);
}
