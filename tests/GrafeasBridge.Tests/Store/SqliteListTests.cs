using System.Globalization;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Store.Sqlite.Lists;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

/// <summary>How the embedded store finds the rows of a filter: how few it looks at, and what it does to older files.</summary>
public sealed class SqliteListTests : SqliteFixture
{
    private const string Early = "https://r.example/early/";
    private const string Late = "https://r.example/late/";

    [Fact]
    public async Task Rare_rows_among_many_are_found_by_looking_at_few()
    {
        await FillAsync(early: 6000, late: 20);
        var digest = Digest('a');
        await AddAsync(Occurrence() with { ResourceUri = "https://other.example/img@" + digest });
        await AddNoteAsync("elsewhere", "rare", Attestation);
        Clock.Advance(TimeSpan.FromHours(1));
        await AddAsync(Occurrence() with { NoteProject = "elsewhere", NoteId = "rare", Kind = Attestation, ResourceUri = "https://last.example" });
        foreach (var (condition, count) in new (Condition, int)[]
        {
            (new Condition.CompareText(Column.ResourceUri, Comparison.Equal, Late + "7"), 1),
            (new Condition.StartsWith(Column.ResourceUri, Late), 20),
            (new Condition.All([new Condition.CompareNumber(Column.Kind, Comparison.Equal, Build), new Condition.StartsWith(Column.ResourceUri, Late)]), 20),
            (new Condition.Any([.. Enumerable.Range(0, 6).Select(i => new Condition.CompareText(Column.ResourceUri, Comparison.Equal, Late + Text(i)))]), 6),
            (new Condition.CompareText(Column.ResourceUri, Comparison.Greater, "https://r.example/m"), 0),
            (new Condition.CompareText(Column.NoteId, Comparison.Equal, "rare"), 1),
            (new Condition.CompareText(Column.NoteProject, Comparison.Equal, "elsewhere"), 1),
            (new Condition.CompareNumber(Column.Kind, Comparison.Equal, Attestation), 1),
            (new Condition.CompareNumber(Column.Kind, Comparison.NotEqual, Build), 1),
            (new Condition.Contains(Column.ResourceUri, digest), 1),
            (new Condition.EndsWith(Column.ResourceUri, "@" + digest), 1),
            (new Condition.All([new Condition.CompareNumber(Column.Kind, Comparison.Equal, Build), new Condition.Contains(Column.ResourceUri, digest)]), 1),
            (new Condition.CompareNumber(Column.CreateTime, Comparison.Less, Clock.Start.AddHours(-1).UtcTicks), 0),
            (new Condition.CompareText(Column.ResourceUri, Comparison.Equal, "none"), 0),
        })
        {
            var part = await Store.ListOccurrencesAsync("ci", new ListQuery(condition, 0, 1000), Stop);
            Assert.Equal((count, true), (part.Items.Count, part.IsLast));
            // The walk that is tried before a range counts too.
            Assert.InRange(part.RowsExamined, 0, 1200);
        }
    }

    [Fact]
    public async Task A_time_is_found_by_looking_at_its_blocks_only()
    {
        await FillAsync(early: 5000, late: 0);
        Clock.Advance(TimeSpan.FromHours(1));
        var late = new Condition.CompareNumber(Column.CreateTime, Comparison.GreaterOrEqual, Clock.GetUtcNow().UtcTicks);
        await AddAsync(Occurrence());
        var part = await Store.ListOccurrencesAsync("ci", new ListQuery(late, 0, 10), Stop);
        Assert.Single(part.Items);
        Assert.InRange(part.RowsExamined, 1, 1100);
    }

    [Fact]
    public async Task Times_are_found_after_writes_were_undone()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence());
        Clock.Advance(TimeSpan.FromHours(1));
        // The second of the batch is refused only when the first has been written.
        var first = Occurrence();
        await RefusedAsync(StoreFailure.AlreadyExists, () => Store.AddOccurrencesAsync([first, first with { RequestId = "r" }], Stop), index: 1);
        await AddAsync(Occurrence());
        var late = new Condition.CompareNumber(Column.CreateTime, Comparison.Equal, Clock.GetUtcNow().UtcTicks);
        Assert.Single((await Store.ListOccurrencesAsync("ci", new ListQuery(late, 0, 10), Stop)).Items);
    }

    [Fact]
    public async Task A_range_with_more_rows_than_are_kept_is_read_in_pages_without_a_gap()
    {
        await FillAsync(early: 1500, late: 9000);
        var seen = new List<long>();
        var query = new ListQuery(new Condition.StartsWith(Column.ResourceUri, Late), 0, 4000);
        for (var isLast = false; !isLast;)
        {
            var part = await Store.ListOccurrencesAsync("ci", query, Stop);
            seen.AddRange(part.Items.Select(item => item.Sequence));
            (isLast, query) = (part.IsLast, query with { After = part.Cursor });
        }

        Assert.Equal(Enumerable.Range(1501, 9000).Select(sequence => (long)sequence), seen);
    }

    [Fact]
    public async Task No_read_looks_at_many_rows_at_a_time()
    {
        await FillAsync(early: 20_000, late: 0);
        var part = await Store.ListOccurrencesAsync("ci", new ListQuery(new Condition.Not(new Condition.StartsWith(Column.ResourceUri, "https")), 0, 10), Stop);
        Assert.False(part.IsLast);
        Assert.InRange(part.RowsExamined, 1, 10_000);
        Assert.InRange(part.Cursor, 1, 10_000);
    }

    [Fact]
    public void Sequences_in_common_and_in_any_are_those_of_sets()
    {
        var random = new Random(3);
        for (var round = 0; round < PropertyRuns.Of(500); round++)
        {
            var sets = Enumerable.Range(0, random.Next(1, 5))
                .Select(_ => Enumerable.Range(0, random.Next(60)).Select(_ => (long)random.Next(1, 100)).Distinct().Order().ToArray())
                .ToList();
            List<Sequence> Parts() => [.. sets.Select(set => new SortedSequence(set, set.Length))];
            var looks = new ScanBudget(Stop);
            Assert.Equal(sets.SelectMany(set => set).Distinct().Order(), All(UnionSequence.Of(Parts()), random));
            Assert.Equal(
                sets.Skip(1).Aggregate(sets[0].AsEnumerable(), (common, set) => common.Intersect(set)).Order(),
                All(IntersectionSequence.Of(Parts(), looks)!, random));
        }
    }

    [Fact]
    public void The_smallest_rows_of_any_order_are_kept()
    {
        var random = new Random(4);
        for (var round = 0; round < PropertyRuns.Of(300); round++)
        {
            var rows = Enumerable.Range(1, random.Next(50)).Select(row => (long)row * 3).ToArray();
            random.Shuffle(rows);
            var smallest = new SmallestRows(capacity: 10);
            foreach (var row in rows)
                smallest.Add(row);
            var kept = All(smallest.ToSequence(), random);
            Assert.Equal(rows.Order().Where(row => row <= smallest.KnownThrough).ToList(), kept);
            Assert.Equal(Math.Min(10, rows.Length), kept.Count);
        }
    }

    [Fact]
    public async Task A_file_of_the_first_schema_is_brought_up_with_its_rows_and_filters_find_them()
    {
        await Backend.CloseAsync();
        File.Delete(Files.File);
        const int count = 5000;
        using (var old = Stranger())
        {
            SqliteMigrations.Run(old, [SqliteSchema.Steps[0]]);
            old.Execute(
                $"""
                begin;
                insert into project_names values (1, 'ci');
                insert into note_names values (1, 1, 'builds'), (2, 1, 'signed');
                insert into notes (name, project, kind, content) values (1, 1, {Build}, cast('a note' as blob)), (2, 1, {Attestation}, x'');
                with recursive n (i) as (select 1 union all select i + 1 from n where i < {count})
                insert into occurrences (project, note, kind, create_time, id, resource_uri, content_hash, content)
                select 1, iif(i % 100 = 0, 2, 1), iif(i % 100 = 0, {Attestation}, {Build}), i * 1000, 'id' || i,
                    iif(i % 10 = 0, 'img@{Digest('b')}', 'https://r.example/' || i), x'', cast('row ' || i as blob) from n;
                delete from occurrences where seq between 1000 and 2999;
                commit
                """);
        }

        await ReopenAsync();
        Assert.Equal(count - 2000, (await Store.ListOccurrencesAsync("ci", 0, count, Stop)).Count);
        Assert.Equal("row 77", Text(await Store.FindOccurrenceAsync("ci", "id77", Stop)));
        Assert.Equal(2, (await Store.ListNotesAsync("ci", 0, 10, Stop)).Count);
        Assert.Equal(30, (await Store.ListNoteOccurrencesAsync("ci", "signed", null, 0, count, Stop)).Count);
        foreach (var (condition, wanted) in new (Condition, int)[]
        {
            (new Condition.Contains(Column.ResourceUri, Digest('b')), 300),
            (new Condition.CompareText(Column.ResourceUri, Comparison.Equal, "https://r.example/77"), 1),
            (new Condition.StartsWith(Column.ResourceUri, "https://r.example/4"), 1000),
            (new Condition.CompareNumber(Column.Kind, Comparison.Equal, Attestation), 30),
            (new Condition.CompareNumber(Column.CreateTime, Comparison.Less, 10_000), 9),
            (new Condition.CompareNumber(Column.CreateTime, Comparison.GreaterOrEqual, 4_999_000), 2),
            (new Condition.CompareText(Column.NoteId, Comparison.Equal, "signed"), 30),
        })
        {
            Assert.Equal(
                wanted,
                (await StoreLists.PageAsync(query => Store.ListOccurrencesAsync("ci", query, Stop), condition, 0, count, looks: 700)).Count);
        }

        await AddAsync(Occurrence());
        Assert.Equal(count - 1999, (await Store.ListOccurrencesAsync("ci", 0, count, Stop)).Count);
    }

    private async Task FillAsync(int early, int late)
    {
        await AddNoteAsync();
        foreach (var batch in Enumerable.Range(0, early + late).Chunk(1000))
        {
            await Store.AddOccurrencesAsync(
                [.. batch.Select(i => Occurrence() with { ResourceUri = i < early ? Early + Text(i) : Late + Text(i - early) })], Stop);
        }
    }

    private static List<long> All(Sequence sequence, Random random)
    {
        var rows = new List<long>();
        for (long next = 0; (next = sequence.Seek(next)) != Sequence.End; next++)
        {
            rows.Add(next);
            // Asked twice for the same, it answers the same.
            if (random.Next(2) == 0)
                Assert.Equal(next, sequence.Seek(next));
        }

        return rows;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
