using System.Diagnostics;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>Runs one of the Node programs of tests/clients.</summary>
internal static class NodeProgram
{
    /// <param name="folder">Its folder below tests/clients, where `npm ci` has been run.</param>
    /// <returns>Exit code, what it printed, and what it complained of.</returns>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string folder, params string[] arguments)
    {
        NeedsAttribute.Check(Need.Node);
        var home = RepositoryFiles.PathOf("tests", "clients", folder);
        Assert.True(
            Directory.Exists(Path.Combine(home, "node_modules")),
            $"The packages of {home} are not installed. Run `bash tests/run.sh`, which installs them, or `npm ci` there.");
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var cancelled = TestContext.Current.CancellationToken;
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        using var stop = cancelled.Register(() => node.Kill(entireProcessTree: true));
        var errors = node.StandardError.ReadToEndAsync(cancelled);
        var output = await node.StandardOutput.ReadToEndAsync(cancelled);
        await node.WaitForExitAsync(cancelled);
        return (node.ExitCode, output, await errors);
    }
}
