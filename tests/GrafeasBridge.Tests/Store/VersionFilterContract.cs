using System.Globalization;
using GrafeasBridge.Filtering;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Filtering;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

/// <summary>Lists of versions under a condition: what is found, in which order, and how many rows are looked at for it.</summary>
public abstract class VersionFilterContract : StoreContract
{
    private static readonly Condition Parked = State(DeliveryState.Parked);

    internal override IReadOnlyList<string> Targets => ["bintray", "artifactory"];

    [Fact]
    public async Task Whatever_the_condition_exactly_the_rows_that_fulfil_it_are_found_in_order()
    {
        await FillAsync();
        var all = await AllAsync(new Condition.Always(), limit: 1000);
        Assert.Equal(48, all.Count);
        Assert.True(all.Select(row => row.State).Distinct().Count() > 2, "the states differ");
        var random = new Random(20261123);
        for (var i = 0; i < PropertyRuns.Of(100); i++)
        {
            var condition = Any(random, depth: 3);
            var expected = all.Where(row => condition.Holds(column => TextOf(column, row), _ => (long)row.State)).Select(row => row.Sequence);
            var found = await AllAsync(condition, limit: random.Next(1, 9));
            Assert.True(expected.SequenceEqual(found.Select(row => row.Sequence)), $"{i}: {ConditionText.Of(condition)}");
        }
    }

    [Fact]
    public async Task Parked_versions_are_found_without_a_look_at_the_others()
    {
        await FillAsync();
        var page = await Store.ListVersionsAsync(new VersionFilter(), new ListQuery(All(Parked, Text(Column.Package, "team/web")), 0, 100), Stop);
        Assert.True(page.IsLast);
        Assert.NotEmpty(page.Items);
        var parked = await AllAsync(Parked, limit: 100);
        Assert.Equal(parked.Count, page.Looked);

        var whole = All(Text(Column.Target, "bintray"), Text(Column.Subject, "acme"), Text(Column.Repo, "images"), Text(Column.Package, "team/web"), Text(Column.Version, "3"));
        var one = await Store.ListVersionsAsync(new VersionFilter(), new ListQuery(whole, 0, 100), Stop);
        Assert.Equal((1, 1), (Assert.Single(one.Items).Coordinates.Version == "3" ? 1 : 0, one.Looked));
    }

    [Fact]
    public async Task A_part_ends_after_as_many_looks_as_it_was_given_and_goes_on_from_there()
    {
        await FillAsync();
        var condition = Text(Column.Version, "23");
        var first = await Store.ListVersionsAsync(new VersionFilter(), new ListQuery(condition, 0, 10, MaxLooks: 7), Stop);
        Assert.Empty(first.Items);
        Assert.Equal((7, false), (first.Looked, first.IsLast));
        var rest = await Store.ListVersionsAsync(new VersionFilter(), new ListQuery(condition, first.Through, 10), Stop);
        Assert.Equal(["23", "23"], rest.Items.Select(row => row.Coordinates.Version));
        Assert.True(rest.IsLast);
    }

    [Fact]
    public async Task A_row_tells_since_when_it_fails()
    {
        await FillAsync();
        foreach (var row in await AllAsync(new Condition.Always(), limit: 1000))
            Assert.Equal(row.State is DeliveryState.Parked or DeliveryState.Waiting ? Clock.GetUtcNow() : null, row.FailingSince);
    }

    /// <summary>24 versions of two packages at two targets; at the first, a third each is verified, parked and waiting.</summary>
    private async Task FillAsync()
    {
        await AddNoteAsync();
        for (var i = 0; i < 24; i++)
        {
            var version = i.ToString(CultureInfo.InvariantCulture);
            await AddAsync(Occurrence(Names(i % 2 == 0 ? new VersionCoordinates("acme", "images", "team/api", version) : Web(version))));
        }

        foreach (var claimed in await Store.ClaimAsync("bintray", 1000, TimeSpan.FromMinutes(1), Stop))
        {
            var settlement = (int.Parse(claimed.Coordinates.Version, CultureInfo.InvariantCulture) / 2 % 3) switch
            {
                0 => Verified,
                1 => new Settlement(DeliveryState.Parked, "Missing", "There is no repository.", null, null),
                _ => new Settlement(DeliveryState.Waiting, "Unreachable", "Nobody answers.", Clock.GetUtcNow().AddHours(1), null),
            };
            await Store.SettleAsync(claimed, settlement, Stop);
        }
    }

    private async Task<List<VersionRow>> AllAsync(Condition condition, int limit)
    {
        var rows = new List<VersionRow>();
        for (long? after = 0; after is { } last;)
        {
            var part = await Store.ListVersionsAsync(new VersionFilter(), new ListQuery(condition, last, limit, MaxLooks: 11), Stop);
            Assert.InRange(part.Items.Count, 0, limit);
            Assert.True(part.IsLast || part.Through > last, "every part gets on");
            rows.AddRange(part.Items);
            after = part.IsLast ? null : part.Through;
        }

        return rows;
    }

    private static Condition Any(Random random, int depth) => random.Next(depth > 0 ? 5 : 3) switch
    {
        0 => new Condition.CompareNumber(Column.State, Pick(random, Enum.GetValues<Comparison>()), random.Next(1, 7)),
        1 => new Condition.CompareText(
            Pick(random, [Column.Target, Column.Package, Column.Version]),
            Pick(random, Enum.GetValues<Comparison>()),
            Pick(random, ["bintray", "artifactory", "team/web", "7", "elsewhere"])),
        2 => Pick<Condition>(
            random,
            [
                new Condition.StartsWith(Column.Version, "1"), new Condition.Not(new Condition.EndsWith(Column.Package, "web")),
                new Condition.Contains(Column.Target, "fact"), new Condition.Not(new Condition.StartsWith(Column.Target, "bin")),
                All(Text(Column.Subject, "acme"), Text(Column.Repo, "images"), Text(Column.Package, "team/api")),
            ]),
        3 => All(Any(random, depth - 1), Any(random, depth - 1)),
        _ => new Condition.Any([Any(random, depth - 1), Any(random, depth - 1)]),
    };

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private static Condition All(params Condition[] parts) => Planner.All(parts);

    private static Condition.CompareNumber State(DeliveryState state) => new Condition.CompareNumber(Column.State, Comparison.Equal, (long)state);

    private static Condition.CompareText Text(Column column, string value) => new Condition.CompareText(column, Comparison.Equal, value);

    private static string TextOf(Column column, VersionRow row) => column switch
    {
        Column.Target => row.Target,
        Column.Subject => row.Coordinates.Subject,
        Column.Repo => row.Coordinates.Repo,
        Column.Package => row.Coordinates.Package,
        Column.Version => row.Coordinates.Version,
        _ => throw new ArgumentException($"{column} is no text", nameof(column)),
    };
}
