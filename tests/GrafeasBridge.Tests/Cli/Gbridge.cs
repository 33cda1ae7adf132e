using System.Reflection;
using GrafeasBridge.Tests.Support;

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

    public Gbridge With(string variable, string value)
    {
        environment[variable] = value;
        return this;
    }

    public Task<ProgramResult> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    /// <param name="input">Standard input; null for an empty one.</param>
    public async Task<ProgramResult> RunAsync(string? input, string[] arguments)
    {
        await using var run = Start(arguments, input);
        return await run.EndAsync();
    }

    /// <summary>Sends a signal, such as INT for Ctrl-C, as soon as a line with this text is printed.</summary>
    public async Task<ProgramResult> SignalAsync(string signal, string text, params string[] arguments)
    {
        await using var run = Start(arguments);
        await run.LineAsync(line => line.Contains(text, StringComparison.Ordinal));
        await run.SignalAsync(signal);
        return await run.EndAsync();
    }

    /// <summary>Sends a signal when <paramref name="moment"/> has come.</summary>
    public async Task<ProgramResult> SignalAsync(string signal, Task moment, params string[] arguments)
    {
        await using var run = Start(arguments);
        await moment.WaitAsync(TestContext.Current.CancellationToken);
        await run.SignalAsync(signal);
        return await run.EndAsync();
    }

    // Settings of whoever runs the tests do not reach it.
    private ProgramRun Start(string[] arguments, string? input = null) => ProgramRun.Start(
        "dotnet",
        [Assembly, .. arguments],
        environment:
        [
            .. Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("GBRIDGE_", StringComparison.Ordinal))
                .Select(name => KeyValuePair.Create(name, (string?)null)),
            .. environment.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)),
        ],
        input: input);
}
