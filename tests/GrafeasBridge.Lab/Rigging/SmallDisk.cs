using System.Diagnostics;
using System.Globalization;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>A disk of a few MiB, in memory, that can be filled, made larger and made read-only. Needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public static async Task<SmallDisk> MountAsync(int mebibytes)
    {
        var folder = Directory.CreateTempSubdirectory("bridge-lab-disk-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", Size(mebibytes), "tmpfs", folder);
        return new SmallDisk(folder);
    }

    public Task ResizeAsync(int mebibytes) => RunAsync("mount", "-o", "remount," + Size(mebibytes), Folder);

    public Task ReadOnlyAsync(bool on) => RunAsync("mount", "-o", on ? "remount,ro" : "remount,rw", Folder);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Folder);
        Directory.Delete(Folder);
    }

    private static string Size(int mebibytes) => string.Create(CultureInfo.InvariantCulture, $"size={mebibytes}m");

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var complaint = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)}: {complaint}");
    }
}
