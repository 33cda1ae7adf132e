using System.Runtime.InteropServices;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace GrafeasBridge.Admin;

/// <summary>
/// The program as a tool for its store instead of a service: <c>dotnet GrafeasBridge.dll admin …</c>, or <c>gbridge admin …</c>, which starts it.
/// </summary>
internal static class AdminMode
{
    public static bool IsMeant(string[] args) => args is ["admin", ..];

    public static async Task<int> RunAsync(string[] args)
    {
        var screen = new AdminScreen(Console.Out, Console.Error, !Console.IsOutputRedirected, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        using var interrupt = Cancelling(PosixSignal.SIGINT, stop);
        using var terminate = Cancelling(PosixSignal.SIGTERM, stop);
        using var hangUp = Cancelling(PosixSignal.SIGHUP, stop);
        try
        {
            return await RunAsync(args, screen, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Error("Interrupted. What was done stays done; the same command goes on.");
            return AdminExit.Interrupted;
        }
        catch (AdminException e)
        {
            screen.Error(e.Message);
            return e.ExitCode;
        }
        catch (Exception e) when (ToRefusal(e) is { } refusal)
        {
            screen.Error(refusal.Message);
            return AdminExit.From(refusal.Failure);
        }
    }

    private static async Task<int> RunAsync(string[] args, AdminScreen screen, CancellationToken cancellationToken)
    {
        if (AdminArguments.Parse(args[1..]) is not { } arguments)
        {
            screen.Line(AdminArguments.Help);
            return AdminExit.Done;
        }

        var settings = new AdminSettings(arguments.Settings);
        return arguments.Verb switch
        {
            "migrate" => await new MigrateVerb(settings.Store(), screen).RunAsync(arguments.Check, cancellationToken),
            "copy" => await new CopyVerb(settings, screen).RunAsync(arguments.Option("--from"), arguments.Option("--to"), cancellationToken),
            "backup" => new BackupVerb(settings.Store(), screen).Run(arguments.Option("--to"), cancellationToken),
            "restore" => new RestoreVerb(settings.Store(), screen).Run(arguments.Option("--from"), cancellationToken),
            _ => throw new InvalidOperationException($"The verb {arguments.Verb} is parsed but not run."),
        };
    }

    private static StoreException? ToRefusal(Exception error) => error switch
    {
        SqliteException sqlite => SqliteErrors.ToRefusal(sqlite),
        StoreException or NpgsqlException or TimeoutException or IOException or ObjectDisposedException => PostgresErrors.ToRefusal(error),
        _ => null,
    };

    private static PosixSignalRegistration Cancelling(PosixSignal signal, CancellationTokenSource source) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            source.Cancel();
        });
}
