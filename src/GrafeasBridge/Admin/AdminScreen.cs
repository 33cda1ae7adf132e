using System.Globalization;

namespace GrafeasBridge.Admin;

/// <summary>Where an admin command prints: results on standard output, refusals on standard error, and at a terminal a bar that moves.</summary>
internal sealed class AdminScreen(TextWriter output, TextWriter errors, bool isTerminal, TimeProvider clock)
{
    private const int BarWidth = 30;
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(100);
    private long drawnAt;
    private int drawn;

    public void Line(string text)
    {
        Wipe();
        output.WriteLine(text);
    }

    public void Error(string text)
    {
        Wipe();
        errors.WriteLine(text);
    }

    /// <summary>Draws how far the work is; nothing without a terminal, where <see cref="Line"/> reports what was finished.</summary>
    public void Progress(string work, long done, long total, TimeSpan elapsed)
    {
        if (!isTerminal || (drawn > 0 && clock.GetElapsedTime(drawnAt) < DrawEvery))
            return;
        drawnAt = clock.GetTimestamp();
        var part = total == 0 ? 1 : Math.Min(1, (double)done / total);
        var full = (int)(part * BarWidth);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', full)}{new string('-', BarWidth - full)}] {part,4:P0}  {work}  {done:N0} of {total:N0} rows{Rate(done, elapsed)}");
        output.Write('\r' + text.PadRight(drawn));
        output.Flush();
        drawn = text.Length;
    }

    private static string Rate(long done, TimeSpan elapsed) =>
        elapsed < TimeSpan.FromSeconds(1) ? "" : string.Create(CultureInfo.InvariantCulture, $"  {done / elapsed.TotalSeconds:N0}/s");

    private void Wipe()
    {
        if (drawn == 0)
            return;
        output.Write('\r' + new string(' ', drawn) + '\r');
        drawn = 0;
    }
}
