using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Time that moves only when a test says so, and that tells when somebody begins to wait.</summary>
internal sealed class TimerClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The length of the next wait that begins, or that began unseen.</summary>
    public ValueTask<TimeSpan> NextWaitAsync() => waits.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
            waits.Writer.TryWrite(dueTime);

        return timer;
    }
}
