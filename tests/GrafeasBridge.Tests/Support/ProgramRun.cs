using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace GrafeasBridge.Tests.Support;

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(int Code, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string Text => Output + Errors;
}

/// <summary>A program that a test has started: what it prints is kept, and dispose ends it and what it started.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private const int TailLength = 4000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(20);

    private readonly string name;
    private readonly Process process;
    private readonly PrintedText output;
    private readonly PrintedText errors;

    private ProgramRun(string name, Process process)
    {
        this.name = name;
        this.process = process;
        (output, errors) = (new PrintedText(process.StandardOutput), new PrintedText(process.StandardError));
    }

    public bool HasEnded => process.HasExited;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Variables that differ from those of the tests; null takes one away.</param>
    /// <param name="input">What it reads; nothing when null.</param>
    public static ProgramRun Start(
        string program, IEnumerable<string> arguments, string? folder = null, IEnumerable<KeyValuePair<string, string?>>? environment = null, string? input = null)
    {
        string[] given = [.. arguments];
        var start = new ProcessStartInfo(program, given)
        {
            WorkingDirectory = folder ?? string.Empty,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((var variable, var value) in environment ?? [])
            start.Environment[variable] = value;
        try
        {
            var started = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
            var run = new ProgramRun($"{program} {given.FirstOrDefault()}", started);
            started.StandardInput.Write(input);
            started.StandardInput.Close();
            return run;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} is not installed. Run `bash tests/run.sh`, which installs it.", missing);
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <inheritdoc cref="Start"/>
    public static async Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, IEnumerable<KeyValuePair<string, string?>>? environment = null, string? input = null)
    {
        await using var run = Start(program, arguments, folder, environment, input);
        return await run.EndAsync();
    }

    /// <summary>Waits for its end; bounded.</summary>
    public async Task<ProgramResult> EndAsync()
    {
        await BoundedAsync("end", LongestRun, async cancelled =>
        {
            await process.WaitForExitAsync(cancelled);
            await AllIsReadAsync(cancelled);
        });
        return new ProgramResult(process.ExitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Waits until it has printed a line like this.</summary>
    public async Task<string> LineAsync(Func<string, bool> isWanted)
    {
        string? line = null;
        await BoundedAsync("print the line", LongestRun, async cancelled =>
        {
            line = await output.LineAsync(isWanted, cancelled);
            if (line is null)
                await AllIsReadAsync(cancelled);
        });
        return line ?? throw new InvalidOperationException(Sentence("ended and did not print the line"));
    }

    /// <summary>Waits until the address answers 200; bounded.</summary>
    public Task AnswersAsync(Uri address) => BoundedAsync($"answer at {address}", Patience, async cancelled =>
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(address, cancelled);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet: the next connection is the next look.
            }

            await AssertRunsAsync();
            await Task.Yield();
        }
    });

    public async Task AssertRunsAsync()
    {
        if (!process.HasExited)
            return;
        await AllIsReadAsync(Cancelled);
        Assert.Fail(Sentence($"ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)} too early"));
    }

    /// <param name="signal">Such as TERM, or INT for Ctrl-C.</param>
    public async Task SignalAsync(string signal)
    {
        var kill = await RunAsync("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")]);
        Assert.True(kill.Code == 0, kill.Text);
    }

    /// <summary>Ends it as a crash would: nothing is flushed, nothing is told.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private Task AllIsReadAsync(CancellationToken cancellationToken) => Task.WhenAll(output.Ended, errors.Ended).WaitAsync(cancellationToken);

    private async Task BoundedAsync(string what, TimeSpan longest, Func<CancellationToken, Task> wait)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        late.CancelAfter(longest);
        try
        {
            await wait(late.Token);
        }
        catch (OperationCanceledException cancelled) when (!Cancelled.IsCancellationRequested)
        {
            throw new TimeoutException(Sentence($"did not {what} within {longest}"), cancelled);
        }
    }

    private string Sentence(string what)
    {
        var said = output.ToString() + errors;
        return $"{name} {what}; it printed:\n{said[Math.Max(0, said.Length - TailLength)..]}";
    }

    /// <summary>What comes out of a pipe, which is read all the time so that the program never waits for a reader.</summary>
    private sealed class PrintedText
    {
        // Of a program that prints without end the last part is kept.
        private const int MostKept = 32 << 20;

        private readonly StringBuilder text = new();
        private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PrintedText(StreamReader pipe) => Ended = ReadAsync(pipe);

        public Task Ended { get; }

        public override string ToString()
        {
            lock (text)
                return text.ToString();
        }

        /// <returns>Null when the program has ended without such a line.</returns>
        public async Task<string?> LineAsync(Func<string, bool> isWanted, CancellationToken cancellationToken)
        {
            while (true)
            {
                var ended = Ended.IsCompleted;
                (var printed, var next) = Now();
                if (printed.Split('\n').SkipLast(1).FirstOrDefault(isWanted) is { } line)
                    return line;
                if (ended)
                    return null;
                await Task.WhenAny(next, Ended).WaitAsync(cancellationToken);
            }
        }

        private (string Printed, Task More) Now()
        {
            lock (text)
                return (text.ToString(), more.Task);
        }

        private async Task ReadAsync(StreamReader pipe)
        {
            var buffer = new char[4096];
            while (await pipe.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
            {
                lock (text)
                {
                    text.Append(buffer, 0, count);
                    if (text.Length > MostKept)
                        text.Remove(0, MostKept / 2);
                    more.SetResult();
                    more = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
    }
}
