namespace GrafeasBridge.Lab.Rigging;

/// <summary>Lets a process run for a part of the time only, as a limit on its container would: stopped and continued ten times a second.</summary>
internal sealed class ProcessorShare : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource ends = new();
    private readonly Task limiting;

    public ProcessorShare(ChildProcess process, double share) => limiting = LimitAsync(process, share);

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await limiting;
        ends.Dispose();
    }

    private async Task LimitAsync(ChildProcess process, double share)
    {
        while (!ends.IsCancellationRequested && !process.HasExited)
        {
            process.Signal(Signals.Stop);
            await PauseAsync(Period * (1 - share));
            process.Signal(Signals.Continue);
            await PauseAsync(Period * share);
        }
    }

    private async Task PauseAsync(TimeSpan time) =>
        await Task.Delay(time, TimeProvider.System, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
