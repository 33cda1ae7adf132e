using GrafeasBridge.Access.Keys;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

/// <summary>Opens the store before the listeners, and says in one sentence why a start is not possible.</summary>
internal static partial class Startup
{
    private const int CannotStart = 1;

    public static async Task<int> RunAsync(Func<Task<WebApplication>> build)
    {
        WebApplication? app = null;
        try
        {
            app = await build();
            await StartAsync(app, CancellationToken.None);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception cause) when (cause is OptionsValidationException or StoreException or IOException or InvalidDataException
            or KeyFileException || IsUnreadableSetting(cause))
        {
            using var loggers = LoggerFactory.Create(LogToConsole);
            var logger = loggers.CreateLogger("GrafeasBridge");
            foreach (var reason in cause is OptionsValidationException wrong ? wrong.Failures : [cause.Message])
                Log.CannotStart(logger, reason);
            return CannotStart;
        }
        finally
        {
            if (app is not null)
                await app.DisposeAsync();
        }
    }

    /// <summary>Every setting is checked before the store is touched, and the store is open before a listener is.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        var store = app.Services.GetRequiredService<IBridgeStore>();
        await store.OpenAsync(cancellationToken);
        await store.EnsureTargetsAsync(app.Services.GetRequiredService<TargetNames>().Names, cancellationToken);
        await app.StartAsync(cancellationToken);
    }

    /// <summary>A setting that is no number, duration or name of its kind: the binder's message names key and value.</summary>
    private static bool IsUnreadableSetting(Exception cause) =>
        cause is InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" };

    public static void LogToConsole(ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
        .AddFilter("System.Net.Http.HttpClient", LogLevel.Warning)
        .AddFilter("Grpc", LogLevel.Warning) // a refused call is the caller's news, not the operator's
        .AddSimpleConsole(console => console.SingleLine = true);

    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Critical, "The service cannot start: {Reason}", EventName = "CannotStart")]
        public static partial void CannotStart(ILogger logger, string reason);
    }
}
