using System.ComponentModel;
using System.Diagnostics;

namespace GrafeasBridge.Cli.Local;

/// <summary>
/// The service's program in its admin mode, as a child that has this program's terminal, directory and environment: it finds its settings
/// as the service would. The store's code stays where it is, and this program stays small enough to be compiled to native code.
/// </summary>
internal static class AdminProcess
{
    /// <returns>The exit code of the child, which has said all there is to say.</returns>
    public static async Task<int> RunAsync(string service, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(ServiceLocation.Runtime()) { UseShellExecute = false };
        start.ArgumentList.Add(service);
        start.ArgumentList.Add("admin");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw ServiceLocation.NotStarted(start.FileName, e);
        }

        // Ctrl-C reaches the child directly; a signal to this process alone does not.
        await using var stop = cancellationToken.Register(() => ProcessSignal.Terminate(process));
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
