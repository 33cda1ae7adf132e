using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace GrafeasBridge.Tests.Cli;

/// <summary>Runs the built command line as a process, as its users do.</summary>
internal sealed class Gbridge
{
    /// <summary>The built command line, gbridge.dll.</summary>
    public static readonly string Assembly = Path.GetFullPath(
        typeof(Gbridge).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CommandLineAssembly").Value!,
        AppContext.BaseDirectory);

    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal);

    /// <param name="server">What GBRIDGE_SERVER says; null to leave it out.</param>
    public Gbridge(Uri? server = null)
    {
        if (server is not null)
            environment["GBRIDGE_SERVER"] = server.GetLeftPart(UriPartial.Authority);
    }

    public sealed record Ending(int Code, string Output, string Errors)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public Gbridge With(string variable, string value)
    {
        environment[variable] = value;
        return this;
    }

    public Task<Ending> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    /// <param name="input">Standard input; null for an empty one.</param>
    public async Task<Ending> RunAsync(string? input, string[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        if (input is not null)
            await process.StandardInput.WriteAsync(input.AsMemory(), token);
        process.StandardInput.Close();
        return await EndedAsync(process, output, errors);
    }

    /// <summary>Sends a signal, such as INT for Ctrl-C, as soon as a line with this text is printed.</summary>
    public async Task<Ending> SignalAsync(string signal, string text, params string[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync(token);
        var output = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(token) is { } line)
        {
            output.AppendLine(line);
            if (!line.Contains(text, StringComparison.Ordinal))
                continue;

            await SendAsync(signal, process.Id);
            break;
        }

        return await EndedAsync(process, RestAsync(), errors);

        async Task<string> RestAsync() => output + await process.StandardOutput.ReadToEndAsync(token);
    }

    /// <summary>Sends a signal when <paramref name="moment"/> has come.</summary>
    public async Task<Ending> SignalAsync(string signal, Task moment, params string[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        await moment.WaitAsync(token);
        await SendAsync(signal, process.Id);
        return await EndedAsync(process, output, errors);
    }

    private static async Task SendAsync(string signal, int processId)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {processId}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<Ending> EndedAsync(Process process, Task<string> output, Task<string> errors)
    {
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new Ending(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Assembly);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var variable in start.Environment.Keys.Where(k => k.StartsWith("GBRIDGE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(variable);
        foreach ((var variable, var value) in environment)
            start.Environment[variable] = value;

        return Process.Start(start)!;
    }
}
