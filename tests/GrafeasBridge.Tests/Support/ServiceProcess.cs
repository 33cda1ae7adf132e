using System.Net;
using System.Net.Sockets;

namespace GrafeasBridge.Tests.Support;

/// <summary>
/// A program of this repository as a process of its own, for what cannot be shown inside the test's process: kill -9 and
/// restarts on the same ports and files.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly string[] arguments;
    private readonly Uri readiness;
    private ProgramRun run;

    private ServiceProcess(string[] arguments, Uri readiness)
    {
        this.arguments = arguments;
        this.readiness = readiness;
        run = Launch();
    }

    /// <param name="program">File name of the program beside the tests, such as GrafeasBridge.dll.</param>
    /// <param name="readiness">Answers 200 once the program can be used.</param>
    public static async Task<ServiceProcess> StartAsync(string program, Uri readiness, params string[] settings)
    {
        var service = new ServiceProcess([Path.Combine(AppContext.BaseDirectory, program), .. settings], readiness);
        await service.run.AnswersAsync(readiness);
        return service;
    }

    /// <summary>Ends it as a crash would: nothing is flushed, nothing is told.</summary>
    public Task KillAsync() => run.KillAsync();

    public async Task RestartAsync()
    {
        await run.DisposeAsync();
        run = Launch();
        await run.AnswersAsync(readiness);
    }

    public ValueTask DisposeAsync() => run.DisposeAsync();

    /// <summary>Ports that were free a moment ago, all different.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }

    private ProgramRun Launch() => ProgramRun.Start("dotnet", arguments);
}
