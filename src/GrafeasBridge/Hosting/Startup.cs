using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

/// <summary>Opens the store before the doors, and says in one sentence why a start is not possible.</summary>
internal static partial class Startup
{
    private const int CannotStart = 1;

    public static async Task<int> RunAsync(WebApplication app)
    {
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("GrafeasBridge");
        try
        {
            await StartAsync(app, CancellationToken.None);
        }
        catch (OptionsValidationException wrong)
        {
            foreach (string failure in wrong.Failures)
                Log.WrongSetting(logger, failure);
            return CannotStart;
        }
        catch (Exception cause) when (cause is StoreException or IOException)
        {
            Log.CannotStart(logger, cause.Message);
            return CannotStart;
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Every setting is checked before the store is touched, and the store is open before a door is.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        var store = app.Services.GetRequiredService<IBridgeStore>();
        await store.OpenAsync(cancellationToken);
        await store.EnsureTargetsAsync(app.Services.GetRequiredService<TargetNames>().Names, cancellationToken);
        await app.StartAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Critical, "A setting is wrong: {Failure}", EventName = "WrongSetting")]
        public static partial void WrongSetting(ILogger logger, string failure);

        [LoggerMessage(5001, LogLevel.Critical, "The service cannot start: {Reason}", EventName = "CannotStart")]
        public static partial void CannotStart(ILogger logger, string reason);
    }
}
