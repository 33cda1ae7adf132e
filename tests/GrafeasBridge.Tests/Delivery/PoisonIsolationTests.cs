using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>Which versions are in flight beside which, and in which order they are claimed.</summary>
public sealed class PoisonIsolationTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly PoisonIsolation isolation;

    public PoisonIsolationTests() => isolation = new PoisonIsolation(clock);

    [Fact]
    public void A_candidate_waits_until_nothing_else_is_in_flight_and_others_wait_for_it()
    {
        var other = isolation.Enter();
        Assert.Null(isolation.TryEnterAlone());
        Assert.False(isolation.IsClosed);
        other.Dispose();
        other.Dispose();
        var candidate = isolation.TryEnterAlone()!;
        Assert.True(isolation.IsClosed);
        Assert.Null(isolation.TryEnterAlone());
        var freed = isolation.Freed;
        Assert.False(freed.IsCompleted);
        candidate.Dispose();
        Assert.True(freed.IsCompleted);
        Assert.True(isolation.Freed.IsCompleted);
        Assert.False(isolation.IsClosed);
    }

    [Fact]
    public void A_candidate_that_its_target_stalls_holds_others_up_for_a_moment_only()
    {
        using var candidate = isolation.TryEnterAlone()!;
        clock.Advance(PoisonIsolation.LongestAlone);
        Assert.False(isolation.IsClosed);
        Assert.Null(isolation.TryEnterAlone());
    }

    [Fact]
    public void A_candidate_is_tried_beside_others_when_those_do_not_end()
    {
        using var other = isolation.Enter();
        Assert.Null(isolation.TryEnterAlone());
        clock.Advance(PoisonIsolation.LongestWait);
        using var candidate = isolation.TryEnterAlone();
        Assert.NotNull(candidate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void One_version_in_ten_is_the_oldest_however_many_are_taken_at_once(int count)
    {
        var order = new ClaimOrder(TimeSpan.FromMinutes(2));
        List<ClaimTerms> terms = [.. Enumerable.Range(0, 100).Select(_ => order.Next(count))];
        Assert.All(terms, t => Assert.Equal((count, TimeSpan.FromMinutes(2)), (t.Newest + t.Oldest, t.Lease)));
        Assert.Equal(10 * count, terms.Sum(t => t.Oldest));
    }
}
