using System.CommandLine;
using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Demo;
using GrafeasBridge.Cli.Local;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge demo</c>: the main job on this machine, with nothing else installed.</summary>
internal static class DemoVerb
{
    /// <summary>Another program may take a port between finding it and listening on it.</summary>
    private const int Starts = 3;

    public static Command Create(GlobalOptions global)
    {
        var keep = new Option<bool>("--keep") { Description = "Leave the service running until Ctrl-C, and show where." };
        var service = new Option<string?>("--service")
        {
            Description = "GrafeasBridge.dll or its folder, when it is neither beside this program nor where the build left it.",
            HelpName = "path",
        };
        var command = new Command(
            "demo",
            "Starts the service with a Bintray emulator on free ports, sends two real builds, and reads their attributes back from the emulator. "
            + "Leaves nothing behind.")
        {
            keep, service,
        };
        command.SetAction((parsed, cancellationToken) => global.RunAsync(
            parsed, session => RunAsync(session, parsed.GetValue(keep), parsed.GetValue(service)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session outer, bool keep, string? given)
    {
        var service = ServiceLocation.Find(given);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var start = 1; ; start++)
        {
            using var place = new DemoEnvironment();
            // The demo talks to its own service, whatever --server and the environment say.
            using var session = new Session(
                outer.Screen, outer.Clock, outer.Timeout, () => new ConnectionSettings(place.Grpc, null, null), outer.Interrupted);
            var run = new DemoRun(session, place, http);
            run.Report($"Starting the service, with its data in {place.Folder}.");
            await using var process = ServiceProcess.Start(service, place, session.Clock);
            if (await ReadyAsync(process, http, session))
            {
                run.Report($"The service is ready: gRPC on {DemoEnvironment.Address(place.Grpc)}, REST on {DemoEnvironment.Address(place.Http)}, "
                    + $"Bintray emulator on {DemoEnvironment.Address(place.Emulator)}.");
                return await FinishAsync(outer, run, process, keep);
            }

            if (start == Starts)
                throw new CliException(ExitCode.NotReachable, $"The service found its ports taken {Starts} times in a row:\n{process.LogTail}");
        }
    }

    private static async Task<bool> ReadyAsync(ServiceProcess process, HttpClient http, Session session)
    {
        try
        {
            return await process.BecomesReadyAsync(http, session.Token);
        }
        catch (OperationCanceledException) when (session.TimedOut)
        {
            throw new CliException(
                ExitCode.NotReachable,
                $"The service was not ready within {session.Timeout.TotalSeconds:0} s. Give it more with --timeout. Its last lines:\n{process.LogTail}");
        }
    }

    private static async Task<int> FinishAsync(Session outer, DemoRun run, ServiceProcess process, bool keep)
    {
        var code = await run.RunAsync();
        if (code != ExitCode.Done)
        {
            outer.Screen.Error($"The demo did not come to its end. The service's last lines:\n{process.LogTail}");
            return code;
        }

        if (!keep)
        {
            run.Report("Done: what the builds said is what the versions carry. Stopping the service and removing its data.");
            return ExitCode.Done;
        }

        Invite(outer, process.Place);
        await process.EndedAsync(outer.Interrupted);
        throw new CliException(ExitCode.NotReachable, $"The service ended by itself:\n{process.LogTail}");
    }

    private static void Invite(Session outer, DemoEnvironment place) => outer.Screen.Step(
        $"""

        The service keeps running until Ctrl-C. In another terminal, in a clone of the repository:

          alias gbridge='dotnet run --project src/GrafeasBridge.Cli --'
          export GBRIDGE_SERVER={DemoEnvironment.Address(place.Grpc)}
          gbridge versions
          gbridge send --project acme --create-notes --wait verified \
            --resource acme-docker-images.bintray.io/team/web:1.4.0 --build-id 42 --repository https://github.com/acme/web \
            --branch main --commit 2ce3f90facdb51aeb950d5bc641e981be61fdf48
          gbridge get acme/images/team/web/1.4.0

          The service's REST API:         curl {DemoEnvironment.Address(place.Http)}/bridge/v1/versions
          The Bintray emulator's REST API: curl {DemoEnvironment.Address(place.Emulator)}/packages/acme/images/team:web/versions/1.4.0/attributes
        """);
}
