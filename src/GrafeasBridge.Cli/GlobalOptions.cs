using System.CommandLine;
using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Output;
using Grpc.Core;

namespace GrafeasBridge.Cli;

/// <summary>The options that every verb takes, and the frame in which every verb runs.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string?> server = new("--server")
    {
        Description = "Where the service listens for gRPC (env GBRIDGE_SERVER). Default: " + ConnectionSettings.DefaultServer,
        HelpName = "url",
        Recursive = true,
    };

    private readonly Option<string?> apiKey = new("--api-key")
    {
        Description = "An API key. Other users of this machine can see it in the list of processes: rather use --api-key-file, "
            + "or the environment's GBRIDGE_API_KEY or GBRIDGE_API_KEY_FILE.",
        HelpName = "key",
        Recursive = true,
    };

    private readonly Option<string?> apiKeyFile = new("--api-key-file")
    {
        Description = "A file that holds the API key.",
        HelpName = "path",
        Recursive = true,
    };

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = "Send the API key over plain http to another machine, readable by everybody on the way.",
        Recursive = true,
    };

    private readonly Option<string?> caFile = new("--ca-file")
    {
        Description = "PEM file of the authorities to trust for the server's certificate, instead of the system's.",
        HelpName = "path",
        Recursive = true,
    };

    private readonly Option<bool> json = new("--json")
    {
        Description = "Print JSON lines for scripts instead of tables.",
        Recursive = true,
    };

    private readonly Option<string> timeout = new("--timeout")
    {
        Description = "The longest that the command may take, retries and waiting included: 500ms, 60s, 5m, 1h.",
        HelpName = "duration",
        DefaultValueFactory = _ => "60s",
        Recursive = true,
    };

    public void AddTo(Command root)
    {
        foreach (var option in new Option[] { server, apiKey, apiKeyFile, insecure, caFile, json, timeout })
            root.Options.Add(option);
    }

    /// <summary>Runs a verb, and turns whatever ends it into a sentence and an exit code.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<Session, Task<int>> verb, CancellationToken cancellationToken)
    {
        var screen = new Screen(parsed.GetValue(json));
        Session? session = null;
        try
        {
            var longest = Durations.Parse(parsed.GetValue(timeout)!, "--timeout");
            session = new Session(screen, TimeProvider.System, longest, Settings(parsed), cancellationToken);
            return await verb(session);
        }
        catch (CliException e)
        {
            screen.Error(e.Message);
            return e.ExitCode;
        }
        catch (RpcException e)
        {
            var failure = Failure.From(e, session!.Server);
            screen.Error(failure.ToString());
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            screen.Error("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (OperationCanceledException)
        {
            screen.Error($"No answer within {session!.Timeout.TotalSeconds:0.###} s (--timeout).");
            return ExitCode.NotReachable;
        }
        finally
        {
            session?.Dispose();
        }
    }

    private Func<ConnectionSettings> Settings(ParseResult parsed) => () => ConnectionSettings.Read(
        parsed.GetValue(server),
        parsed.GetValue(apiKey),
        parsed.GetValue(apiKeyFile),
        parsed.GetValue(caFile),
        parsed.GetValue(insecure),
        Environment.GetEnvironmentVariable);
}
