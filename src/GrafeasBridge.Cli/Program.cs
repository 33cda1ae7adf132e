using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.Cli.Verbs;

namespace GrafeasBridge.Cli;

/// <summary>The command line: every verb, the options they share, and how the program ends.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var stop = new StopSignals();
        var given = args.Length == 0 ? ["--help"] : args;
        var parsed = Root().Parse(given, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction && parsed.Errors.Count > 0)
            return Refuse(parsed);

        var run = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        var code = await parsed.InvokeAsync(run, stop.Token);
        return stop.ExitCode ?? code;
    }

    /// <summary>Says what is wrong with the command line; the whole help would push it off the screen.</summary>
    private static int Refuse(ParseResult parsed)
    {
        var screen = new Screen(json: false);
        foreach (var error in parsed.Errors)
            screen.Error(error.Message);

        var verb = parsed.CommandResult.Command is RootCommand ? "" : " " + parsed.CommandResult.Command.Name;
        screen.Error($"'gbridge{verb} --help' shows what there is.");
        return ExitCode.BadInput;
    }

    private static RootCommand Root()
    {
        var options = new GlobalOptions();
        var root = new RootCommand(
            $"Sends build occurrences to GrafeasBridge and asks what became of them.\n\nTry it: gbridge demo\n\n{ExitCode.Help}")
        {
            SendVerb.Create(options),
            GetVerb.Create(options),
            VersionsVerb.Create(options),
            ExplainVerb.Create(options),
            ParkedVerb.Create(options),
            RedeliverVerb.Create(options),
            TargetsVerb.Create(options),
            UnmappedVerb.Create(options),
            ReceiptVerb.Create(options),
            HealthVerb.Create(options),
            KeyVerb.Create(options),
            AdminVerb.Create(options),
            DemoVerb.Create(options),
        };
        options.AddTo(root);
        return root;
    }

    /// <summary>Turns Ctrl-C, SIGTERM and a closed terminal into a cancelled token, so that every verb may tidy up.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly CancellationTokenSource source = new();
        private readonly List<PosixSignalRegistration> registrations = [];

        public StopSignals()
        {
            Register(PosixSignal.SIGINT, Cli.ExitCode.Interrupted);
            Register(PosixSignal.SIGTERM, Cli.ExitCode.Terminated);
            Register(PosixSignal.SIGHUP, 129);
        }

        public CancellationToken Token => source.Token;

        /// <summary>Set once a signal came.</summary>
        public int? ExitCode { get; private set; }

        public void Dispose()
        {
            registrations.ForEach(r => r.Dispose());
            source.Dispose();
        }

        private void Register(PosixSignal signal, int exitCode) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            ExitCode ??= exitCode;
            source.Cancel();
        }));
    }
}
