using System.Diagnostics;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>The service as a process, with everything that it says kept.</summary>
internal sealed class ServiceRun : IDisposable
{
    private readonly Process process;
    private readonly Task<string> said;
    private readonly Task<string> complained;

    public ServiceRun(string folder, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "GrafeasBridge.dll"), .. BridgeHost.Settings(folder, settings)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        said = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        complained = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <returns>Its exit code and all that it said.</returns>
    public async Task<(int Code, string Text)> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await said + await complained);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
