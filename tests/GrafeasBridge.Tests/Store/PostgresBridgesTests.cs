using System.Collections.Concurrent;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Store;

/// <summary>Several bridges deliver from one database.</summary>
public sealed class PostgresBridgesTests : PostgresVersions
{
    private static readonly KeyValuePair<string, string?>[] ByDatabase = [new("Store:DatabaseTime", "true")];

    [Fact]
    public async Task No_version_is_in_two_hands_and_none_is_left_over()
    {
        await MakeVersionsAsync(1000);
        IBridgeStore[] bridges = [Store, await AnotherAsync(), await AnotherAsync()];
        var taken = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => DrainAsync(bridges[i % bridges.Length], i, taken))));
        Assert.Equal(1000, taken.Count);
        Assert.Equal(1000, taken.Distinct().Count());
        Assert.Equal(new Backlog(0, 0, null), await Store.BacklogAsync(Target, Stop));
        Assert.Equal(1000, await NumberAsync("select count(*) from versions where state = 3 and settled = revision and revision = 1"));
    }

    [Fact]
    public async Task A_row_that_somebody_else_writes_at_this_moment_is_passed_over_and_waited_for_by_nobody()
    {
        await MakeVersionsAsync(3);
        await using var stranger = await StrangerAsync();
        await using (var transaction = await stranger.BeginTransactionAsync(Stop))
        {
            await using var hold = new Npgsql.NpgsqlCommand("update versions set revision = revision + 1 where seq = 2", stranger, transaction);
            await hold.ExecuteNonQueryAsync(Stop);
            Assert.Equal(["3", "1"], (await Store.ClaimAsync(Target, 9, Lease, Stop)).Select(c => c.Coordinates.Version));
            await transaction.CommitAsync(Stop);
        }

        Assert.Equal(DateTimeOffset.MinValue, await Store.NextDueAsync(Target, Stop));
        Assert.Equal(2, Assert.Single(await Store.ClaimAsync(Target, 9, Lease, Stop)).Revision);
    }

    /// <summary>Clocks of bridges may stand an hour apart: what counts is the database's.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_lease_is_not_seen_as_ended_by_a_bridge_whose_clock_is_wrong(int hours)
    {
        await MakeVersionsAsync(2);
        var right = await AnotherAsync(TimeProvider.System, ByDatabase);
        var wrong = await AnotherAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(hours)), ByDatabase);
        var first = Assert.Single((await right.ClaimAsync(Target, new ClaimTerms(1, 0, Lease), Stop)).Versions);
        var second = Assert.Single((await wrong.ClaimAsync(Target, new ClaimTerms(1, 0, Lease), Stop)).Versions);
        foreach (var bridge in (IBridgeStore[])[right, wrong])
        {
            var claim = await bridge.ClaimAsync(Target, new ClaimTerms(9, 9, Lease), Stop);
            Assert.Equal((0, false), (claim.Versions.Count, claim.PoisonCandidatesWait));
        }

        Assert.Equal(SettleResult.Settled, await right.SettleAsync(first, Verified, Stop));
        // What a bridge says is later is later for all, by as much as it said.
        var wait = TimeSpan.FromMinutes(10);
        var here = TimeProvider.System.GetUtcNow().AddHours(hours);
        await wrong.SettleAsync(second, new Settlement(DeliveryState.Waiting, "down", "no", here + wait, null), Stop);
        Assert.Equal(here + wait, (await wrong.NextDueAsync(Target, Stop))!.Value, TimeSpan.FromSeconds(30));
        Assert.Equal(TimeProvider.System.GetUtcNow() + wait, (await right.NextDueAsync(Target, Stop))!.Value, TimeSpan.FromSeconds(30));
        Assert.Empty(await right.ClaimAsync(Target, 9, Lease, Stop));
    }

    [Fact]
    public async Task A_lease_that_has_ended_makes_a_suspect_that_one_other_bridge_takes_and_the_late_settlement_marks_dirty()
    {
        await MakeVersionsAsync(1);
        var first = await AnotherAsync(TimeProvider.System, ByDatabase);
        IBridgeStore[] others = [await AnotherAsync(TimeProvider.System, ByDatabase), await AnotherAsync(TimeProvider.System, ByDatabase)];
        var late = Assert.Single(await first.ClaimAsync(Target, 1, TimeSpan.FromMilliseconds(200), Stop));
        late.PossiblyWritten = ["late"];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience.Long);
        while (!(await others[0].ClaimAsync(Target, new ClaimTerms(1, 0, Lease), patience.Token)).PoisonCandidatesWait)
            patience.Token.ThrowIfCancellationRequested();

        var claims = await Task.WhenAll(others.Select(bridge => bridge.ClaimPoisonCandidateAsync(Target, Lease, Stop)));
        var next = Assert.Single(claims.OfType<ClaimedVersion>());
        Assert.Equal(SettleResult.LeaseLost, await first.SettleAsync(late, Verified, Stop));
        Assert.Equal(SettleResult.StillDirty, await others[0].SettleAsync(next, Verified, Stop));
        var newest = Assert.Single(await others[1].ClaimAsync(Target, 1, Lease, Stop));
        Assert.Equal(2, newest.Revision);
        Assert.Equal(["late"], newest.ManagedNames);
    }

    /// <summary>Marks and settlements of the same versions at the same time, many times.</summary>
    [Fact]
    public async Task A_revision_is_never_lost_when_it_comes_while_another_is_settled()
    {
        const int Versions = 4;
        await AddNoteAsync();
        var other = await AnotherAsync();
        var seed = Seeds.Next(TestContext.Current.TestOutputHelper);
        var marks = (int)PropertyRuns.Of(60);
        using var done = new CancellationTokenSource();
        // A bridge of its own for each sender: what two of them sent in one commit would be one revision.
        IBridgeStore[] bridges = [Store, other, await AnotherAsync()];
        var senders = Task.WhenAll(bridges.Select((bridge, i) => Task.Run(() => SendAsync(bridge, new Random(seed + i), marks, Versions))));
        var workers = Enumerable.Range(0, 4).Select(i => Task.Run(() => DeliverAsync(i % 2 == 0 ? Store : other, new Random(seed - i), done.Token))).ToArray();
        await senders;
        await done.CancelAsync();
        await Task.WhenAll(workers);
        await VerifyRestAsync();

        // Each occurrence is one revision, and the last of them was delivered.
        var sums = await Store.ListVersionsAsync(new VersionFilter(Target), 0, 100, Stop);
        Assert.All(sums, row => Assert.Equal((DeliveryState.Verified, row.Revision), (row.State, row.SettledRevision)));
        Assert.Equal(3 * marks, sums.Sum(row => row.Revision));
    }

    [Fact]
    public async Task What_becomes_dirty_by_one_bridge_wakes_those_who_wait_at_another()
    {
        await AddNoteAsync();
        var other = await AnotherAsync();
        var woken = await WaitingAsync(other);
        await AddAsync(Occurrence(Names(Web("1"))));
        // The clock stands, so only a call ends the wait.
        await woken.WaitAsync(Patience.Long, Stop);
    }

    [Fact]
    public async Task What_was_marked_while_a_bridge_could_not_hear_is_found_when_it_can_again_and_without_that_in_time()
    {
        await AddNoteAsync();
        var other = await AnotherAsync();
        var woken = await WaitingAsync(other);
        await ExecuteAsync(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where pid <> pg_backend_pid() and application_name = 'grafeasbridge' and query ilike '%listen%'
            """);
        await AddAsync(Occurrence(Names(Web("1"))));
        await woken.WaitAsync(Patience.Long, Stop);
        Assert.Single(await other.ClaimAsync(Target, 9, Lease, Stop));

        var silent = await WaitingAsync(other);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await silent.WaitAsync(Patience.Long, Stop);
    }

    [Fact]
    public async Task Bridges_that_start_at_once_share_one_secret_and_one_key()
    {
        var other = await AnotherAsync();
        IBridgeStore[] bridges = [Store, other, Store, other];
        for (var i = 0; i < 10; i++)
        {
            var secrets = await Task.WhenAll(bridges.Select(bridge => bridge.SharedSecretAsync($"secret {i}", Stop)));
            Assert.All(secrets, secret => Assert.Equal(secrets[0], secret));
            Assert.Equal(32, secrets[0].Length);
            var after = (await Store.ListSigningKeysAsync(Stop)) is [var newest, ..] ? newest.Id : null;
            var keys = await Task.WhenAll(bridges.Select((bridge, n) => bridge.AddSigningKeyAsync(new StoredKey($"{i}-{n}", Clock.GetUtcNow(), [1], [2]), after, Stop)));
            Assert.All(keys, known => Assert.Equal(i + 1, known.Count));
            Assert.All(keys, known => Assert.Equal([keys[0][0].Id], known.Where(key => key.PrivateKey is not null).Select(key => key.Id)));
        }

        await Task.WhenAll(bridges.Select(bridge => bridge.CheckWritableAsync(Stop)));
    }

    /// <summary>A queue in a table: claims must not read through what was claimed before.</summary>
    [Fact]
    public async Task A_claim_after_thousands_of_others_without_a_vacuum_reads_no_more_than_the_first()
    {
        await ExecuteAsync("alter table versions set (autovacuum_enabled = false)");
        await MakeVersionsAsync(4000);
        var before = await ReadByClaimAsync();
        for (var claimed = await Store.ClaimAsync(Target, 100, Lease, Stop); claimed.Count > 0; claimed = await Store.ClaimAsync(Target, 100, Lease, Stop))
            await Task.WhenAll(claimed.Chunk(25).Select(SettleAllAsync));
        await MakeVersionsAsync(200, package: "team/late");
        // The first claim passes what nobody has looked at since; it marks the entries as dead, and the next ones pass them unread.
        TestContext.Current.TestOutputHelper?.WriteLine($"the first claim reads {await ReadByClaimAsync()} pages");
        var after = await ReadByClaimAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{before} pages at first, {after} pages now");
        Assert.InRange(after, 1, before * 2);
    }

    private static async Task DrainAsync(IBridgeStore bridge, int i, ConcurrentBag<long> taken)
    {
        while (true)
        {
            var claim = await bridge.ClaimAsync(Target, new ClaimTerms(1 + (i % 5), i % 3, Lease), Stop);
            foreach (var version in claim.Versions)
            {
                taken.Add(version.Id);
                Assert.Equal(SettleResult.Settled, await bridge.SettleAsync(version, Verified, Stop));
            }

            if (claim.Versions.Count == 0 && await bridge.NextDueAsync(Target, Stop) != DateTimeOffset.MinValue)
                return;
        }
    }

    private async Task SettleAllAsync(ClaimedVersion[] versions)
    {
        foreach (var version in versions)
            await Store.SettleAsync(version, Verified, Stop);
    }

    private static async Task<Task> WaitingAsync(IBridgeStore bridge)
    {
        // Until nothing is left of earlier calls.
        while (true)
        {
            var wait = bridge.WaitForDirtyAsync(Target, Stop);
            if (!wait.IsCompleted)
                return wait;
            await wait;
        }
    }

    private async Task SendAsync(IBridgeStore bridge, Random random, int count, int versions)
    {
        for (var i = 0; i < count; i++)
            await bridge.AddOccurrencesAsync([Occurrence(Names(Web($"{random.Next(versions)}")))], Stop);
    }

    private static async Task DeliverAsync(IBridgeStore bridge, Random random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            foreach (var version in await bridge.ClaimAsync(Target, 1 + random.Next(2), Lease, Stop))
            {
                if (random.Next(4) == 0)
                    await bridge.RecordIntentAsync(version, ["a"], Stop);
                if (random.Next(5) == 0)
                    await bridge.ReleaseAsync([version], Stop);
                else
                    Assert.NotEqual(SettleResult.LeaseLost, await bridge.SettleAsync(version, Verified, Stop));
            }
        }
    }

    private async Task VerifyRestAsync()
    {
        while (await Store.NextDueAsync(Target, Stop) == DateTimeOffset.MinValue)
            await VerifyAllAsync();
    }

    /// <summary>Pages that one claim reads; it is rolled back.</summary>
    private async Task<long> ReadByClaimAsync()
    {
        await using var stranger = await StrangerAsync();
        await using var transaction = await stranger.BeginTransactionAsync(Stop);
        await using (var prepare = new Npgsql.NpgsqlCommand($"prepare claim (text, text, bigint, int, int) as {GrafeasBridge.Store.Postgres.DueVersions.Take}", stranger, transaction))
            await prepare.ExecuteNonQueryAsync(Stop);
        await using var explain = new Npgsql.NpgsqlCommand(
            "explain (analyze, buffers, format json) execute claim ('bintray', 'l', 1, 10, 2)", stranger, transaction);
        using var plan = System.Text.Json.JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(Stop))!);
        await transaction.RollbackAsync(Stop);
        var root = plan.RootElement[0].GetProperty("Plan");
        return root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();
    }
}
