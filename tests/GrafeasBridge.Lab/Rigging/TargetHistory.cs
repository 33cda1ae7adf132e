using System.Globalization;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>The emulator's own evidence: when each version's attributes changed.</summary>
internal static class TargetHistory
{
    /// <summary>Every change, in order.</summary>
    public static async IAsyncEnumerable<(string Package, string Version, DateTimeOffset At, bool HasAttributes)> ReadAsync(
        Rig rig, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        long after = 0;
        while (true)
        {
            using var page = await rig.EmulatorPageAsync(
                string.Create(CultureInfo.InvariantCulture, $"_emulator/history?after={after}&limit=1000"), stop);
            foreach (var entry in page.RootElement.GetProperty("entries").EnumerateArray())
            {
                yield return (
                    // Bintray's spelling of team/web is team:web.
                    entry.GetProperty("package").GetString()!.Replace(':', '/'),
                    entry.GetProperty("version").GetString()!,
                    entry.GetProperty("time").GetDateTimeOffset(),
                    entry.GetProperty("attributes").GetArrayLength() > 0);
            }

            var next = page.RootElement.GetProperty("next").GetInt64();
            if (next == after || next >= page.RootElement.GetProperty("last").GetInt64())
                yield break;
            after = next;
        }
    }
}
