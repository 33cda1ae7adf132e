using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>A program of this repository as a process of its own, that can be killed and started again on the same ports and files.</summary>
internal sealed class ChildProcess(string name, Uri readiness, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private const int KeptLines = 200;
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ConcurrentQueue<string> lines = new();
    private readonly ConcurrentDictionary<string, int> errors = new(StringComparer.Ordinal);
    private TaskCompletionSource<bool> up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? process;

    public string Name => name;

    /// <summary>From launch to the last 200 of the readiness page; of the last start that got there.</summary>
    public TimeSpan StartTook { get; private set; }

    public int Starts { get; private set; }

    public bool HasExited => process?.HasExited ?? true;

    public int ExitCode => process!.ExitCode;

    public int Id => process!.Id;

    /// <summary>Log events of level error and above, each with how often it came.</summary>
    public IReadOnlyDictionary<string, int> Errors => errors;

    /// <summary>The last lines of its log, for who has to find out why.</summary>
    public IReadOnlyCollection<string> LastLines => lines;

    /// <summary>Completes while the program can be used.</summary>
    public Task UpAsync(CancellationToken stop) => Volatile.Read(ref up).Task.WaitAsync(stop);

    /// <param name="settings">Added to those it was made with, for this start.</param>
    public void Launch(params IEnumerable<string> settings)
    {
        process?.Dispose();
        var start = new ProcessStartInfo("dotnet", [.. arguments, .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Many short lives: instrumenting code for an optimisation that never comes would make each longer.
        start.Environment["DOTNET_TieredPGO"] = "0";
        process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        // Whoever ends the laboratory early leaves nothing running behind.
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Starts++;
    }

    public async Task StartAsync(CancellationToken stop, params IEnumerable<string> settings)
    {
        Launch(settings);
        if (!await ReadyAsync(stop))
            throw new InvalidOperationException($"{name} ended with {ExitCode} before it was ready.\n{string.Join('\n', lines)}");
    }

    /// <returns>False when it ended before it was ready.</returns>
    public async Task<bool> ReadyAsync(CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        while (!HasExited)
        {
            if (await AnswersAsync(stop))
            {
                StartTook = Stopwatch.GetElapsedTime(began);
                up.TrySetResult(true);
                return true;
            }

            if (Stopwatch.GetElapsedTime(began) > LongestStart)
                throw new TimeoutException($"{name} was not ready within {LongestStart}.\n{string.Join('\n', lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop);
        }

        return false;
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        Down();
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, and waits until it did.</summary>
    public async Task TerminateAsync(CancellationToken stop)
    {
        Down();
        Signal(Signals.Terminate);
        await process!.WaitForExitAsync(stop);
    }

    /// <summary>Waits until it ended by itself.</summary>
    /// <returns>False when it still lived after <paramref name="longest"/>.</returns>
    public async Task<bool> EndedAsync(TimeSpan longest, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(longest);
        try
        {
            await process!.WaitForExitAsync(limit.Token);
            Down();
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Sends a signal, unless it has ended already.</summary>
    public void Signal(int signal)
    {
        if (!HasExited)
            Signals.Send(Id, signal);
    }

    /// <summary>Resident memory now, in MiB, as the kernel counts it.</summary>
    public double ResidentMiB()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!HasExited)
            await KillAsync();
        process?.Dispose();
        process = null;
        http.Dispose();
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!HasExited)
            process!.Kill();
    }

    private void Down()
    {
        if (up.Task.IsCompleted)
            Volatile.Write(ref up, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private async Task<bool> AnswersAsync(CancellationToken stop)
    {
        try
        {
            using var answer = await http.GetAsync(readiness, stop);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception cause) when (cause is HttpRequestException || (cause is TaskCanceledException && !stop.IsCancellationRequested))
        {
            return false; // not listening yet, or gone
        }
    }

    private void Heard(string? line)
    {
        if (line is null)
            return;
        lines.Enqueue(line);
        if (lines.Count > KeptLines)
            lines.TryDequeue(out _);
        if (line.StartsWith("fail: ", StringComparison.Ordinal) || line.StartsWith("crit: ", StringComparison.Ordinal))
            errors.AddOrUpdate(line[6..].Split(' ', 2)[0], 1, (_, count) => count + 1);
    }
}
