using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;

namespace GrafeasBridge.Benchmarks.Load;

/// <summary>The real service as a process of its own, with its data in a folder that goes away with it.</summary>
internal sealed class ServiceUnderLoad : IAsyncDisposable
{
    private readonly Process process;

    private ServiceUnderLoad(Process process, int grpcPort, int httpPort, TimeSpan readyAfter)
    {
        this.process = process;
        GrpcPort = grpcPort;
        HttpPort = httpPort;
        ReadyAfter = readyAfter;
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
    }

    public int GrpcPort { get; }

    public int HttpPort { get; }

    /// <summary>From the spawn to the first 200 of /readyz.</summary>
    public TimeSpan ReadyAfter { get; }

    public GrpcChannel Channel { get; }

    public static async Task<ServiceUnderLoad> StartAsync(string folder, params IEnumerable<string> settings)
    {
        var ports = FreePorts(3);
        var program = Path.Combine(AppContext.BaseDirectory, "GrafeasBridge.dll");
        var start = new ProcessStartInfo("dotnet", [
            program,
            $"--Listen:Grpc=http://127.0.0.1:{ports[0]}",
            $"--Listen:Http=http://127.0.0.1:{ports[1]}",
            $"--Emulator:Listen=http://127.0.0.1:{ports[2]}",
            $"--Store:Path={Path.Combine(folder, "bridge.db")}",
            $"--Emulator:Path={Path.Combine(folder, "emulator.db")}",
            "--Logging:LogLevel:Default=Warning",
            .. settings,
        ]);
        var before = Stopwatch.GetTimestamp();
        var started = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        while (!await IsReadyAsync(http, ports[1]))
        {
            if (started.HasExited)
                throw new InvalidOperationException($"The service ended with {started.ExitCode} before it was ready.");
            if (Stopwatch.GetElapsedTime(before) > TimeSpan.FromMinutes(1))
                throw new TimeoutException("The service was not ready within a minute.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }

        return new ServiceUnderLoad(started, ports[0], ports[1], Stopwatch.GetElapsedTime(before));
    }

    /// <summary>Resident memory now, in MiB, as the kernel counts it.</summary>
    public double ResidentMiB()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public TimeSpan ProcessorTime()
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, int port)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/readyz"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception cause) when (cause is HttpRequestException or TaskCanceledException)
        {
            return false; // not listening yet
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
