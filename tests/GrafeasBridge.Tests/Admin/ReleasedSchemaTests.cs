using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Cli;
using GrafeasBridge.Tests.Store;

namespace GrafeasBridge.Tests.Admin;

/// <summary>SQLite files as every release made and filled them, brought to today's schema.</summary>
public sealed class ReleasedSchemaTests : SqliteHouse
{
    private static readonly int Today = SqliteSchema.Steps.Count;

    private const string Rows =
        """
        insert into project_names values (1, 'ci');
        insert into projects (name) values (1);
        insert into note_names values (1, 1, 'builds');
        insert into notes (name, project, kind, content) values (1, 1, 2, cast('note builds' as blob));
        insert into occurrences (project, note, kind, create_time, id, resource_uri, request_id, content_hash, content) values
            (1, 1, 2, 1000, 'one', 'https://r.example/one', 'request one', cast('hash of one' as blob), cast('content one' as blob)),
            (1, 1, 2, 2000, 'two', 'https://r.example/two', null, x'', cast('content two' as blob)),
            (1, 1, 2, 3000, 'lost', 'https://r.example/lost', null, x'', cast('content lost' as blob));
        insert into unmapped values (1, 3, 'nobody knows it');
        insert into packages values (1, 'acme', 'images', 'team:web'), (2, 'acme', 'images', 'plain'), (3, 'acme', 'maven', 'org.acme:web:core');
        insert into coordinates values (1, 1, '1'), (2, 1, '2');
        insert into links values (1, 1, 1, 0), (2, 1, 2, 0);
        insert into commits values ('c0ffee', 1);
        insert into targets (name, active) values ('bintray', 1);
        insert into versions (target, coordinate, package, state, revision, settled, attempts, due_at, dirty_since, update_time, verified_time,
            owned, outcome, reason) values
            (1, 1, 1, 1, 3, 2, 0, 5000, 5000, 5000, 4000, '["build.id"]', '', ''),
            (1, 2, 1, 3, 1, 1, 1, null, null, 6000, 6000, '["build.id"]', 'verified', '');
        insert into secrets values ('page tokens', x'0102');
        """;

    // What each further release could say besides.
    private static readonly string[] Since =
    [
        "",
        """
        update occurrences set original = cast('original two' as blob) where id = 'two';
        insert into occurrence_blocks values (0, 0, 4000);
        insert into uploads (project, gitoid, create_time, content) values (1, 'gitoid:blob:sha256:00', 2000, x'0900');
        """,
        """
        update occurrences set created_digest = x'aa';
        update versions set read_back = x'bb', read_back_names = '["build.id"]' where state = 3;
        insert into signing_keys (id, create_time, public_key, private_key) values ('key one', 1000, x'01', x'02');
        """,
        "",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_file_of_a_released_schema_keeps_all_that_it_said(int release)
    {
        await FileOfAsync(release);
        var check = await new Gbridge().RunAsync("admin", "migrate", "--check", "--Store:Path=" + Files.File);
        Assert.Equal(3, check.Code);
        Assert.Contains($"has schema version {release}, this program has {Today}", check.Output, StringComparison.Ordinal);
        Assert.Contains(release == Today - 1 ? $"Step {Today} is to be taken" : $"Steps {release + 1} to {Today} are to be taken", check.Output, StringComparison.Ordinal);

        await ReopenAsync();
        Assert.Equal("note builds", Text(await Store.FindNoteAsync("ci", "builds", Stop)));
        Assert.True(await Store.HasProjectAsync("ci", Stop));
        Assert.Equal(["content one", "content two", "content lost"], (await Store.ListOccurrencesAsync("ci", 0, 10, Stop)).Select(item => Text(item.Message.Content)));
        Assert.Equal(release >= 2 ? "original two" : null, await OriginalAsync());
        Assert.Equal("nobody knows it", Assert.Single(await Store.ListUnmappedAsync("ci", 0, 10, Stop)).Reason);
        Assert.Equal(["content one"], await ContentsOfAsync(Web("1")));
        Assert.Equal([1, 2], await Store.SharedSecretAsync("page tokens", Stop));
        Assert.Equal(release >= 3 ? 1 : 0, (await Store.ListSigningKeysAsync(Stop)).Count);
        Assert.Equal(release >= 2, await Store.FindUploadAsync("ci", "gitoid:blob:sha256:00", Stop) is not null);
        Assert.Equal(release >= 3, (await Store.FindCreationAsync("ci", "one", Stop))!.Value.Creation.ContentDigest is not null);
        await GoOnAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_command_brings_a_file_of_a_released_schema_up_and_is_refused_while_a_bridge_has_it(int release)
    {
        await FileOfAsync(release);
        var done = await new Gbridge().RunAsync("admin", "migrate", "--Store:Path", Files.File);
        Assert.True(done.Code == 0, done.Output + done.Errors);
        Assert.Contains($"from schema version {release} to {Today}", done.Output, StringComparison.Ordinal);
        Assert.Contains($"version {Today} already", (await AdminProcess.RunAsync("migrate", "--Store:Path", Files.File)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await AdminProcess.RunAsync("migrate", "--check", "--Store:Path", Files.File)).Code);

        await ReopenAsync();
        await GoOnAsync();
        var busy = await AdminProcess.RunAsync("migrate", "--Store:Path", Files.File);
        Assert.Equal(4, busy.Code);
        Assert.Contains("in use by another bridge", busy.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await AdminProcess.RunAsync("migrate", "--check", "--Store:Path", Files.File)).Code);
    }

    [Fact]
    public async Task Packages_of_a_released_schema_get_the_names_that_they_have_in_the_world()
    {
        await FileOfAsync(release: 4);
        await ReopenAsync();
        await Backend.CloseAsync();
        using var today = Stranger();
        Assert.Equal(["team/web", "plain", "org.acme/web/core"], today.QueryText("select package from packages order by key", 0));
    }

    [Fact]
    public async Task Outcomes_of_a_released_schema_get_the_names_they_have_today()
    {
        await FileOfAsync(release: 4);
        using (var old = Stranger())
            old.Execute(RenamedOutcomes.Insert(1));

        await ReopenAsync();
        foreach (var (name, number) in RenamedOutcomes.Today.Select((name, i) => (name, i)))
            Assert.Equal(name, (await Store.FindVersionAsync(Target, Web($"old {number}"), Stop))!.LastOutcome);
    }

    [Fact]
    public async Task The_command_tells_newer_strange_and_missing_files_apart()
    {
        await Backend.CloseAsync();
        using (var file = Stranger())
            file.Execute("pragma user_version = 99");
        var newer = await new Gbridge().RunAsync("admin", "migrate", "--check", "--Store:Path=" + Files.File);
        Assert.Equal(6, newer.Code);
        Assert.Contains($"schema version 99, this program knows up to {Today}", newer.Errors, StringComparison.Ordinal);

        var theirs = Path.Combine(Files.Folder.FullName, "theirs.db");
        using (var file = SqliteDatabase.Open(theirs, readOnly: false, TimeSpan.Zero))
            file.Execute("create table theirs (a)");
        var strange = await AdminProcess.RunAsync("migrate", "--Store:Path=" + theirs);
        Assert.Equal(6, strange.Code);
        Assert.Contains("another program", strange.Errors, StringComparison.Ordinal);

        var nowhere = Path.Combine(Files.Folder.FullName, "none", "bridge.db");
        Assert.Equal(3, (await AdminProcess.RunAsync("migrate", "--check", "--Store:Path=" + nowhere)).Code);
        Assert.False(Directory.Exists(Path.GetDirectoryName(nowhere)), "a check makes nothing");
        Assert.Equal(2, (await new Gbridge().RunAsync("admin", "migrate", "--chekc", "--Store:Path=" + nowhere)).Code);
        Assert.Equal(2, (await AdminProcess.RunAsync("migrate", "--Store:Readers=0")).Code);
    }

    private async Task FileOfAsync(int release)
    {
        await Backend.CloseAsync();
        File.Delete(Files.File);
        using var old = Stranger();
        SqliteMigrations.Run(old, [.. SqliteSchema.Steps.Take(release)]);
        old.Execute("begin;" + Rows + string.Concat(Since.Take(release)) + "commit");
    }

    private async Task<string?> OriginalAsync() =>
        (await Store.FindOccurrenceAsync("ci", "two", Stop))!.Original is { } original ? Text(original) : null;

    /// <summary>Repeats are known, the backlog is taken up, and what is new finds its place.</summary>
    private async Task GoOnAsync()
    {
        var repeat = await AddAsync(Occurrence(Names(Web("1")), request: "request one") with { ContentHash = Bytes("hash of one") });
        Assert.Equal("content one", Text(repeat.Message.Content));
        var first = await Store.FindVersionAsync(Target, Web("1"), Stop);
        Assert.Equal((DeliveryState.Pending, 3L, 2L), (first!.State, first.Revision, first.SettledRevision));
        await VerifyAllAsync();
        Assert.Equal(DeliveryState.Verified, (await Store.FindVersionAsync(Target, Web("1"), Stop))!.State);
        var added = await AddAsync(Occurrence(Names(Web("2"))));
        Assert.False(added.Repeated);
        Assert.Equal(2, (await ContentsOfAsync(Web("2"))).Count);
        Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync(Target, Web("2"), Stop))!.State);
    }
}
