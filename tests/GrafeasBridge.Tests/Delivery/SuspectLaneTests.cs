using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>Who is taken in hand beside whom, and in which order.</summary>
public sealed class SuspectLaneTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly SuspectLane lane;

    public SuspectLaneTests() => lane = new SuspectLane(clock);

    [Fact]
    public void A_suspect_waits_until_nothing_else_is_in_hand_and_others_wait_for_it()
    {
        var other = lane.Enter();
        Assert.Null(lane.TryEnterAlone());
        Assert.False(lane.IsClosed);
        other.Dispose();
        other.Dispose();
        var suspect = lane.TryEnterAlone()!;
        Assert.True(lane.IsClosed);
        Assert.Null(lane.TryEnterAlone());
        var freed = lane.Freed;
        Assert.False(freed.IsCompleted);
        suspect.Dispose();
        Assert.True(freed.IsCompleted);
        Assert.True(lane.Freed.IsCompleted);
        Assert.False(lane.IsClosed);
    }

    [Fact]
    public void A_suspect_that_its_target_stalls_holds_others_up_for_a_moment_only()
    {
        using var suspect = lane.TryEnterAlone()!;
        clock.Advance(SuspectLane.LongestAlone);
        Assert.False(lane.IsClosed);
        Assert.Null(lane.TryEnterAlone());
    }

    [Fact]
    public void A_suspect_is_tried_beside_others_when_those_do_not_end()
    {
        using var other = lane.Enter();
        Assert.Null(lane.TryEnterAlone());
        clock.Advance(SuspectLane.LongestWait);
        using var suspect = lane.TryEnterAlone();
        Assert.NotNull(suspect);
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
