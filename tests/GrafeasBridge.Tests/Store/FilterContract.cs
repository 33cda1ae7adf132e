using System.Globalization;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Filtering;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

/// <summary>Lists with conditions: the same rows, in the same order, as a naive reading of the condition picks.</summary>
public abstract class FilterContract : StoreContract
{
    private const int Rows = 120;

    private readonly Dictionary<string, Kept> byContent = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_condition_gives_the_rows_that_fulfil_it_in_order(int seed)
    {
        var random = new Random(seed);
        await FillAsync(random);
        var gen = new RandomConditions(random);
        for (var i = 0; i < PropertyRuns.Of(80); i++)
        {
            var condition = gen.Next();
            var looks = random.Next(3) == 0 ? int.MaxValue : random.Next(1, 40);
            var limit = random.Next(2) == 0 ? int.MaxValue : random.Next(1, 20);
            long after = random.Next(3) == 0 ? random.Next(Rows) : 0;
            await CompareAsync(condition, after, limit, looks, row => row.Project == "p1", query => Store.ListOccurrencesAsync("p1", query, Stop));
            await CompareAsync(
                condition, after, limit, looks, row => row is { NoteProject: "n1", NoteId: "a" },
                query => Store.ListNoteOccurrencesAsync("n1", "a", null, query, Stop));
            await CompareAsync(
                condition, after, limit, looks, row => row is { NoteProject: "n1", NoteId: "a", Project: "p0" or "p2" },
                query => Store.ListNoteOccurrencesAsync("n1", "a", ["p0", "p2", "unheard"], query, Stop));
        }
    }

    [Fact]
    public async Task Every_comparison_of_every_column_holds_for_every_stored_value()
    {
        await FillAsync(new Random(5));
        foreach (var condition in RandomConditions.EveryLeaf())
        {
            await CompareAsync(condition, 0, int.MaxValue, 23, row => row.Project == "p1", query => Store.ListOccurrencesAsync("p1", query, Stop));
            Condition not = new Condition.Not(condition);
            await CompareAsync(not, 0, int.MaxValue, 23, row => row.Project == "p1", query => Store.ListOccurrencesAsync("p1", query, Stop));
        }
    }

    [Fact]
    public async Task Notes_are_narrowed_by_kind_and_name_and_by_nothing_that_they_do_not_keep()
    {
        for (var i = 0; i < 30; i++)
            await AddNoteAsync("n", "note-" + i.ToString(CultureInfo.InvariantCulture), i % 3 == 0 ? Build : Attestation);
        async Task<int> CountAsync(Condition condition) =>
            (await StoreLists.PageAsync(query => Store.ListNotesAsync("n", query, Stop), condition, 0, int.MaxValue, looks: 4)).Count;

        var kind = new Condition.CompareNumber(Column.Kind, Comparison.Equal, Build);
        var late = new Condition.CompareNumber(Column.CreateTime, Comparison.Greater, long.MaxValue);
        Assert.Equal(10, await CountAsync(kind));
        Assert.Equal(20, await CountAsync(new Condition.CompareNumber(Column.Kind, Comparison.NotEqual, Build)));
        Assert.Equal(1, await CountAsync(new Condition.CompareText(Column.NoteId, Comparison.Equal, "note-7")));
        Assert.Equal(0, await CountAsync(new Condition.CompareText(Column.NoteId, Comparison.Equal, "note-70")));
        Assert.Equal(11, await CountAsync(new Condition.StartsWith(Column.NoteId, "note-1")));
        Assert.Equal(30, await CountAsync(new Condition.CompareText(Column.NoteProject, Comparison.Equal, "n")));
        Assert.Equal(0, await CountAsync(new Condition.CompareText(Column.NoteProject, Comparison.Equal, "other")));
        Assert.Equal(10, await CountAsync(new Condition.All([kind, late])));
        Assert.Equal(10, await CountAsync(new Condition.All([kind, new Condition.Not(late)])));
        Assert.Equal(30, await CountAsync(new Condition.Any([kind, late])));
        Assert.Equal(0, await CountAsync(new Condition.Never()));
    }

    [Fact]
    public async Task A_part_ends_when_its_messages_are_many_bytes()
    {
        await AddNoteAsync();
        for (var i = 0; i < 5; i++)
            await AddAsync(Occurrence() with { Content = new byte[1000] });
        var part = await Store.ListOccurrencesAsync("ci", new ListQuery(StoreLists.Everything, 0, 10, MaxBytes: 1500), Stop);
        Assert.Equal((2, false), (part.Items.Count, part.IsLast));
        part = await Store.ListOccurrencesAsync("ci", new ListQuery(StoreLists.Everything, part.Through, 10, MaxBytes: 1), Stop);
        Assert.Single(part.Items);
    }

    [Fact]
    public async Task A_read_whose_caller_has_gone_ends()
    {
        await AddNoteAsync();
        await Store.AddOccurrencesAsync([.. Enumerable.Range(0, 600).Select(_ => Occurrence())], Stop);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var nothing = new Condition.Contains(Column.ResourceUri, "nowhere");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.ListOccurrencesAsync("ci", new ListQuery(nothing, 0, 10), gone.Token));
        Assert.Equal(600, (await Store.ListOccurrencesAsync("ci", 0, 1000, Stop)).Count);
    }

    private async Task FillAsync(Random random)
    {
        foreach (var (project, id, kind) in RandomConditions.Notes)
            await Store.AddNotesAsync([new NewNote(project, id, kind, Bytes(id))], Stop);
        for (var i = 0; i < Rows; i++)
        {
            var (noteProject, noteId, kind) = RandomConditions.Notes[random.Next(RandomConditions.Notes.Length)];
            var row = new Kept(
                "p" + random.Next(3).ToString(CultureInfo.InvariantCulture),
                noteProject,
                noteId,
                kind,
                RandomConditions.Resources[random.Next(RandomConditions.Resources.Length)],
                RandomConditions.Times[random.Next(RandomConditions.Times.Length)],
                i + 1);
            var content = $"row {row.Order.ToString(CultureInfo.InvariantCulture)}";
            byContent.Add(content, row);
            await AddAsync(Occurrence(project: row.Project, content: content) with
            {
                NoteProject = noteProject,
                NoteId = noteId,
                Kind = kind,
                ResourceUri = row.Resource,
                CreateTime = new DateTimeOffset(row.Time, TimeSpan.Zero),
            });
        }
    }

    private async Task CompareAsync(
        Condition condition, long after, int limit, int looks, Func<Kept, bool> isListed, Func<ListQuery, Task<ListPart<StoredItem>>> fetch)
    {
        var found = await StoreLists.PageAsync(fetch, condition, after, limit, looks);
        var wanted = byContent.Values.Where(row => row.Order > after && isListed(row) && condition.Holds(row.Text, row.Number)).Take(limit);
        var got = found.Select(item => byContent[Text(item.Message)]);
        Assert.True(
            wanted.Select(row => row.Order).SequenceEqual(got.Select(row => row.Order)),
            $"{ConditionText.Of(condition)} after {after}, limit {limit}, looks {looks}: "
            + $"got {string.Join(' ', got.Select(row => row.Order))}, wanted {string.Join(' ', wanted.Select(row => row.Order))}");
    }

    private sealed record Kept(string Project, string NoteProject, string NoteId, long Kind, string Resource, long Time, long Order)
    {
        public string Text(Column column) => column switch
        {
            Column.ResourceUri => Resource,
            Column.NoteProject => NoteProject,
            Column.NoteId => NoteId,
            _ => throw new ArgumentOutOfRangeException(nameof(column)),
        };

        public long Number(Column column) => column == Column.Kind ? Kind : Time;
    }
}
