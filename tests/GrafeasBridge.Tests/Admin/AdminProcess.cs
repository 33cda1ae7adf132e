using System.Diagnostics;

namespace GrafeasBridge.Tests.Admin;

/// <summary>The service's program in its admin mode, as a process that a test may kill.</summary>
internal sealed class AdminProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private AdminProcess(Process process)
    {
        this.process = process;
        (output, errors) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
    }

    public bool HasExited => process.HasExited;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static AdminProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "GrafeasBridge.dll"), "admin", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return new AdminProcess(Process.Start(start)!);
    }

    public static async Task<Cli.Gbridge.Ending> RunAsync(params string[] arguments)
    {
        await using var started = Start(arguments);
        return await started.EndedAsync();
    }

    public async Task<Cli.Gbridge.Ending> EndedAsync()
    {
        await process.WaitForExitAsync(Stop);
        return new Cli.Gbridge.Ending(process.ExitCode, await output, await errors);
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }
}
