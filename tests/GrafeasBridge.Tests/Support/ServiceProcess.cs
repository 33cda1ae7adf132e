using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace GrafeasBridge.Tests.Support;

/// <summary>
/// A program of this repository as a process of its own, for what cannot be shown inside the test's process: kill -9, exit
/// codes, restarts on the same ports and files.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly string[] arguments;
    private readonly Uri readiness;
    private readonly HttpClient http = new();
    private Process process;

    private ServiceProcess(string[] arguments, Uri readiness)
    {
        this.arguments = arguments;
        this.readiness = readiness;
        process = Launch();
    }

    /// <param name="program">File name of the program beside the tests, such as GrafeasBridge.dll.</param>
    /// <param name="readiness">Answers 200 once the program can be used.</param>
    public static async Task<ServiceProcess> StartAsync(string program, Uri readiness, params string[] settings)
    {
        var service = new ServiceProcess([Path.Combine(AppContext.BaseDirectory, program), .. settings], readiness);
        await service.ReadyAsync();
        return service;
    }

    /// <summary>Ends it as a crash would: nothing is flushed, nothing is told.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task RestartAsync()
    {
        process.Dispose();
        process = Launch();
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
        http.Dispose();
    }

    /// <summary>Ports that were free a moment ago, all different.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var launched = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        // Output that nobody reads would fill the pipe and stop the program.
        launched.OutputDataReceived += (_, _) => { };
        launched.ErrorDataReceived += (_, _) => { };
        launched.BeginOutputReadLine();
        launched.BeginErrorReadLine();
        return launched;
    }

    private async Task ReadyAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(readiness, timeout.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet: the next connection is the next look.
            }

            Assert.False(process.HasExited, $"{arguments[0]} ended with {(process.HasExited ? process.ExitCode : 0)} before it was ready.");
            await Task.Yield();
        }
    }
}
