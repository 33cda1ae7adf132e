using System.Collections.Concurrent;
using System.Diagnostics;

namespace GrafeasBridge.Lab.Host;

/// <summary>Counts who comes by which point; kills the process, or holds who comes, where the options say so.</summary>
internal sealed class Passings(LabOptions options)
{
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Lock file = new();

    public async ValueTask PassAsync(string point)
    {
        var count = counts.AddOrUpdate(point, 1, (_, before) => before + 1);
        var dies = point == options.CrashAt && count == options.CrashPass;
        if (options.PassFile.Length > 0)
            WriteDown(point, dies);
        if (dies)
        {
            // SIGKILL: nothing is flushed, nothing is told.
            using var self = Process.GetCurrentProcess();
            self.Kill();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }

        if (point == options.HoldAt && count == 1)
            await HoldAsync();
    }

    private async Task HoldAsync()
    {
        while (!File.Exists(options.HoldUntilFile))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
    }

    private void WriteDown(string point, bool dies)
    {
        lock (file)
            File.AppendAllText(options.PassFile, dies ? $"{point} dies\n" : $"{point}\n");
    }
}
