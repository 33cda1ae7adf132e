using System.ComponentModel;
using System.Diagnostics;
using GrafeasBridge.Cli.Local;

namespace GrafeasBridge.Cli.Demo;

/// <summary>The service as a child of this process. Disposing ends it, whatever happened.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    /// <summary>Longer than the service takes to finish its calls in flight.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Process process;
    private readonly TimeProvider clock;
    private readonly LogTail log = new();

    private ServiceProcess(Process process, DemoEnvironment place, TimeProvider clock) =>
        (this.process, Place, this.clock) = (process, place, clock);

    public DemoEnvironment Place { get; }

    public string LogTail => log.ToString();

    /// <exception cref="CliException">dotnet cannot be started.</exception>
    public static ServiceProcess Start(string service, DemoEnvironment place, TimeProvider clock)
    {
        var start = new ProcessStartInfo(ServiceLocation.Runtime())
        {
            // Its appsettings.json is there.
            WorkingDirectory = Path.GetDirectoryName(service),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Settings of the user's own service, its targets above all, must not reach the demo's.
        foreach (var variable in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(variable);
        start.ArgumentList.Add(service);
        foreach (var setting in place.Settings)
            start.ArgumentList.Add(setting);

        var child = new ServiceProcess(new Process { StartInfo = start }, place, clock);
        child.process.OutputDataReceived += (_, line) => child.log.Add(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.log.Add(line.Data);
        try
        {
            child.process.Start();
        }
        catch (Win32Exception e)
        {
            throw ServiceLocation.NotStarted(start.FileName, e);
        }

        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until the service says that it is ready.</summary>
    /// <returns>False when it ended because another program took its port: try again with other ports.</returns>
    /// <exception cref="CliException">It ended, or the time is over; the message carries its last lines.</exception>
    public async Task<bool> BecomesReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync(cancellationToken); // the last lines
                return log.Mentions("address already in use")
                    ? false
                    : throw new CliException(ExitCode.NotReachable, $"The service ended with {process.ExitCode} instead of starting:\n{log}");
            }

            if (await AnswersAsync(http, cancellationToken))
                return true;

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Ends when the service does.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            process.Dispose();
        }
    }

    private async Task StopAsync()
    {
        if (!process.HasExited && !OperatingSystem.IsWindows())
        {
            ProcessSignal.Terminate(process);
            using var deadline = new CancellationTokenSource(Grace, clock);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                // Killed below.
            }
        }

        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Place.Http, "readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    private static bool IsSetting(string variable) =>
        variable.Contains("__", StringComparison.Ordinal) || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);
}
