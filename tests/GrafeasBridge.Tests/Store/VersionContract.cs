using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Versions, asked for: by filter, in pages, at several targets.</summary>
public abstract class VersionContract : StoreContract
{
    internal override IReadOnlyList<string> Targets => ["bintray", "artifactory"];

    [Fact]
    public async Task A_version_is_kept_at_every_target()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"))));
        await VerifyAllAsync("artifactory");
        Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync("bintray", Web("1"), Stop))!.State);
        Assert.Equal(DeliveryState.Verified, (await Store.FindVersionAsync("artifactory", Web("1"), Stop))!.State);
        Assert.Null(await Store.FindVersionAsync("elsewhere", Web("1"), Stop));
        Assert.Null(await Store.FindVersionAsync("bintray", Web("2"), Stop));
    }

    [Fact]
    public async Task Versions_are_listed_by_what_is_asked_for()
    {
        await AddNoteAsync();
        var other = new VersionCoordinates("acme", "generic", "tool", "7");
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1")) with { Commits = ["c0ffee"] }));
        await AddAsync(Occurrence(Names(Web("2")) with { Commits = ["c0ffee", "beef"] }, project: "cd"));
        await AddAsync(Occurrence(Names(other)));
        await VerifyAllAsync("bintray");
        await AddAsync(Occurrence(Names(Web("2")), project: "cd"));

        Assert.Equal(6, (await ListAsync(new VersionFilter())).Count);
        Assert.Equal(["1", "2", "7"], await ListAsync(new VersionFilter(Target: "bintray")));
        Assert.Equal(["1", "7"], await ListAsync(new VersionFilter(Target: "bintray", State: DeliveryState.Verified)));
        Assert.Equal(["2"], await ListAsync(new VersionFilter(Target: "bintray", State: DeliveryState.Pending)));
        Assert.Equal(4, (await ListAsync(new VersionFilter(State: DeliveryState.Pending))).Count);
        Assert.Equal(["7"], await ListAsync(new VersionFilter(Target: "bintray", Repo: "generic")));
        Assert.Equal(["1", "2", "7"], await ListAsync(new VersionFilter(Target: "bintray", Subject: "acme")));
        Assert.Equal(["1", "2"], await ListAsync(new VersionFilter(Target: "bintray", Package: "team/web")));
        Assert.Equal(["1", "2"], await ListAsync(new VersionFilter("bintray", "acme", "images", "team/web")));
        Assert.Equal(["2"], await ListAsync(new VersionFilter("bintray", "acme", "images", "team/web", DeliveryState.Pending)));
        Assert.Equal(["1", "2"], await ListAsync(new VersionFilter(Target: "bintray", Commit: "c0ffee")));
        Assert.Equal(["2"], await ListAsync(new VersionFilter(Target: "bintray", Commit: "c0ffee", State: DeliveryState.Pending)));
        Assert.Equal(["1"], await ListAsync(new VersionFilter(Target: "bintray", Digest: Digest('a'))));
        Assert.Equal(["2"], await ListAsync(new VersionFilter(Target: "bintray", Projects: ["cd", "unheard"])));
        Assert.Equal(["1", "2", "7"], await ListAsync(new VersionFilter(Target: "bintray", Projects: ["cd", "ci"])));
        Assert.Empty(await ListAsync(new VersionFilter(Projects: [])));
        Assert.Empty(await ListAsync(new VersionFilter(Target: "elsewhere")));
        Assert.Empty(await ListAsync(new VersionFilter(Commit: "nobody")));
        Assert.Empty(await ListAsync(new VersionFilter(Digest: Digest('f'))));
        Assert.Empty(await ListAsync(new VersionFilter("bintray", "acme", "images", "nothing")));
    }

    [Fact]
    public async Task A_digest_without_a_tag_finds_its_stand_in_until_a_tag_is_known()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Refers(new DigestReference(Web("x").InPackage, Digest('a'), Web("sha256-a")))));
        Assert.Equal(["sha256-a"], await ListAsync(new VersionFilter(Target: "bintray", Digest: Digest('a'))));
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1"))));
        Assert.Equal(["1"], await ListAsync(new VersionFilter(Target: "bintray", Digest: Digest('a'))));
    }

    [Fact]
    public async Task Pages_of_versions_neither_miss_nor_repeat_while_states_change()
    {
        await AddNoteAsync();
        for (var i = 0; i < 40; i++)
            await AddAsync(Occurrence(Names(Web($"{i}"))));

        var seen = new List<(string, string)>();
        for (long after = 0; ;)
        {
            var page = await Store.ListVersionsAsync(new VersionFilter(), after, 7, Stop);
            if (page.Count == 0)
                break;
            seen.AddRange(page.Select(row => (row.Target, row.Coordinates.Version)));
            after = page[^1].Sequence;
            await Store.ClaimAsync("bintray", 5, TimeSpan.FromMinutes(1), Stop);
        }

        Assert.Equal(80, seen.Count);
        Assert.Equal(80, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_target_that_is_new_gets_a_row_for_every_version_that_is_known()
    {
        await AddNoteAsync();
        foreach (var chunk in Enumerable.Range(0, 2500).Select(i => Occurrence(Names(Web($"{i}")))).Chunk(500))
            await Store.AddOccurrencesAsync(chunk, Stop);
        await ReopenAsync("bintray", "artifactory", "mirror");
        Assert.Null(await Store.FindVersionAsync("mirror", Web("0"), Stop));

        await Store.EnsureTargetsAsync(["bintray", "artifactory", "mirror"], Stop);
        Assert.Equal(2500, (await Store.BacklogAsync("mirror", Stop)).Count);
        var revision = (await Store.FindVersionAsync("mirror", Web("0"), Stop))!.Revision;
        await Store.EnsureTargetsAsync(["bintray", "artifactory", "mirror"], Stop);
        Assert.Equal(revision, (await Store.FindVersionAsync("mirror", Web("0"), Stop))!.Revision);
    }

    [Fact]
    public async Task A_target_that_comes_back_is_brought_up_to_what_it_missed()
    {
        await AddNoteAsync();
        await Store.EnsureTargetsAsync(["bintray", "artifactory"], Stop);
        await AddAsync(Occurrence(Names(Web("1"))));
        await VerifyAllAsync("artifactory");

        await ReopenAsync("bintray");
        await Store.EnsureTargetsAsync(["bintray"], Stop);
        await AddAsync(Occurrence(Names(Web("1"))));
        Assert.Equal(["1"], await ListAsync(new VersionFilter()));
        Assert.Equal(DeliveryState.Verified, (await Store.FindVersionAsync("artifactory", Web("1"), Stop))!.State);

        await ReopenAsync("bintray", "artifactory");
        await Store.EnsureTargetsAsync(["bintray", "artifactory"], Stop);
        Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync("artifactory", Web("1"), Stop))!.State);
    }

    private async Task<List<string>> ListAsync(VersionFilter filter) =>
        [.. (await Store.ListVersionsAsync(filter, 0, 100, Stop)).Select(row => row.Coordinates.Version)];
}
