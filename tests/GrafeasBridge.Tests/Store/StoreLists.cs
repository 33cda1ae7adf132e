using GrafeasBridge.Filtering;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Whole pages of the store's lists, which come in parts.</summary>
internal static class StoreLists
{
    public static readonly Condition Everything = new Condition.Always();

    public static Task<IReadOnlyList<StoredItem>> ListNotesAsync(
        this IBridgeStore store, string project, long after, int limit, CancellationToken stop) =>
        PageAsync(query => store.ListNotesAsync(project, query, stop), Everything, after, limit);

    public static Task<IReadOnlyList<StoredItem>> ListOccurrencesAsync(
        this IBridgeStore store, string project, long after, int limit, CancellationToken stop) =>
        PageAsync(query => store.ListOccurrencesAsync(project, query, stop), Everything, after, limit);

    public static Task<IReadOnlyList<StoredItem>> ListNoteOccurrencesAsync(
        this IBridgeStore store, string noteProject, string noteId, IReadOnlyList<string>? projects, long after, int limit, CancellationToken stop) =>
        PageAsync(query => store.ListNoteOccurrencesAsync(noteProject, noteId, projects, query, stop), Everything, after, limit);

    /// <summary>Asks for parts until there are <paramref name="limit"/> rows or no more, and checks what every part promises.</summary>
    /// <param name="looks">Rows to look at for one part.</param>
    public static async Task<IReadOnlyList<StoredItem>> PageAsync(
        Func<ListQuery, Task<ListPart<StoredItem>>> fetch, Condition condition, long after, int limit, int looks = int.MaxValue)
    {
        var page = new List<StoredItem>();
        while (page.Count < limit)
        {
            var part = await fetch(new ListQuery(condition, after, limit - page.Count, ScanBudget: looks));
            Assert.InRange(part.Items.Count, 0, limit - page.Count);
            Assert.All(part.Items, item => Assert.InRange(item.Sequence, after + 1, part.Cursor));
            page.AddRange(part.Items);
            if (part.IsLast)
                break;
            Assert.True(part.Cursor > after, "a part that is not the last gets on");
            after = part.Cursor;
        }

        return page;
    }
}
