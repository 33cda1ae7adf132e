using System.Diagnostics;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>Runs a program that deployments need, to its end.</summary>
internal static class Tool
{
    /// <param name="folder">Where it runs.</param>
    /// <returns>Exit code, what it printed, and what it complained of.</returns>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var cancelled = TestContext.Current.CancellationToken;
        using var process = Start(start);
        using var stop = cancelled.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(cancelled);
        var output = await process.StandardOutput.ReadToEndAsync(cancelled);
        await process.WaitForExitAsync(cancelled);
        return (process.ExitCode, output, await errors);
    }

    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"{start.FileName} is not installed. Run `bash tests/run.sh`, which installs it.", missing);
        }
    }

    /// <summary>Copies files of the folder deploy, so that a test may add to them.</summary>
    public static void CopyDeploy(string part, string to)
    {
        var from = RepositoryFiles.PathOf("deploy", part);
        foreach (var file in File.Exists(from) ? [from] : Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(RepositoryFiles.PathOf("deploy"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
