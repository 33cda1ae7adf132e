using GrafeasBridge.Store;

namespace GrafeasBridge.Ingest;

/// <summary>One page of a list.</summary>
/// <param name="Last">Sequence to go on after; null when nothing follows.</param>
internal sealed record Page(IReadOnlyList<byte[]> Items, long? Last);

/// <summary>Page sizes, and pages that stay small enough for a client to receive.</summary>
internal static class Pages
{
    public const int DefaultSize = 20;
    public const int DefaultProjects = 100;

    /// <param name="key">The setting that the limit comes from; empty when it is fixed.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a negative size or one over the limit.</exception>
    public static int Size(int asked, int fallback, int limit, string key = "") => asked switch
    {
        0 => Math.Min(fallback, limit),
        < 0 => throw Errors.Invalid("page_size", $"is {asked}; it must not be negative"),
        _ when asked > limit => throw Errors.Invalid("page_size", $"is {asked}; at most {limit} are allowed{(key.Length == 0 ? string.Empty : $" ({key})")}"),
        _ => asked,
    };

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for any filter that is not blank.</exception>
    public static void RefuseFilter(string filter)
    {
        if (string.IsNullOrWhiteSpace(filter)) return;
        throw Errors.Invalid("filter", "is not supported in this version; leave it empty and choose from the whole list");
    }

    /// <summary>
    /// Reads up to <paramref name="size"/> items, and fewer when they would make an answer larger than
    /// <paramref name="maxBytes"/>; at least one when there is one. One more is read than shown, to know whether any follows.
    /// </summary>
    /// <param name="fetch">Items after a sequence, at most as many as asked for.</param>
    public static async Task<Page> ReadAsync(
        Func<long, int, Task<IReadOnlyList<StoredItem>>> fetch, long after, int size, int maxBytes)
    {
        var items = new List<byte[]>(Math.Min(size, DefaultSize));
        long last = after;
        long bytes = 0;
        while (true)
        {
            int wanted = Chunk(size + 1 - items.Count, items.Count, bytes, maxBytes);
            IReadOnlyList<StoredItem> chunk = await fetch(last, wanted);
            foreach (StoredItem item in chunk)
            {
                bytes += item.Content.Length + ItemOverhead;
                if (items.Count == size || (items.Count > 0 && bytes > maxBytes)) return new Page(items, last);
                items.Add(item.Content);
                last = item.Sequence;
            }

            if (chunk.Count < wanted) return new Page(items, null);
        }
    }

    // Tag and length of each element of the answer.
    public const int ItemOverhead = 8;

    // The first chunk is a default page. Later ones follow what items have weighed so far, so that a page of large ones does
    // not fill the memory with what it cannot show.
    private static int Chunk(int missing, int count, long bytes, int maxBytes)
    {
        if (count == 0) return Math.Min(missing, DefaultSize + 1);
        long fitting = ((maxBytes - bytes) / Math.Max(1, bytes / count)) + 1;
        return (int)Math.Clamp(fitting, 1, missing);
    }
}
