using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Support;

/// <summary>Time that moves only by hand, and tells when the code under test begins to wait for it.</summary>
internal sealed class TestClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero))
{
    private readonly Observed<Wait> waits = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var wait = new Wait(base.CreateTimer(callback, state, dueTime, period), dueTime, GetUtcNow() + dueTime);
        waits.Add(wait);
        return wait;
    }

    /// <summary>Ends once somebody waits for just this long.</summary>
    public Task WaitsForAsync(TimeSpan due) => WaitsForAsync(d => d == due);

    /// <summary>Ends once somebody waits for a time like this, for the so-many-th time.</summary>
    public Task WaitsForAsync(Predicate<TimeSpan> due, int times = 1) => waits.UntilAsync(all => all.Count(wait => due(wait.Due)) >= times);

    /// <summary>
    /// Moves time to the end of each wait like this, as soon as somebody begins it, until the effect is there. Moving it once is not enough for code
    /// that looks at the time, then begins to wait: when time moves between the two, that wait begins too late and would never end.
    /// </summary>
    /// <param name="like">Whether a wait of this length is one whose end is due.</param>
    /// <param name="effect">Bounded by itself.</param>
    public async Task PassAsync(Predicate<TimeSpan> like, Task effect)
    {
        using var over = new CancellationTokenSource();
        while (true)
        {
            Wait? begun = null;
            var begins = waits.UntilAsync(all => (begun = all.FirstOrDefault(wait => like(wait.Due) && !wait.IsOver(GetUtcNow()))) is not null, over.Token);
            await Task.WhenAny(effect, begins);
            if (effect.IsCompleted)
                break;
            await begins;
            Advance(begun!.End - GetUtcNow());
        }

        await over.CancelAsync();
        await effect;
    }

    /// <summary>A timer of the code under test.</summary>
    private sealed class Wait(ITimer timer, TimeSpan due, DateTimeOffset end) : ITimer
    {
        private volatile bool ended;

        public TimeSpan Due => due;

        public DateTimeOffset End => end;

        public bool IsOver(DateTimeOffset now) => ended || now >= end;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            ended = true;
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            ended = true;
            return timer.DisposeAsync();
        }
    }
}
