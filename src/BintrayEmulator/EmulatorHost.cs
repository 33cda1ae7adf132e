using System.Net;
using BintrayEmulator.Access;
using BintrayEmulator.Http;
using BintrayEmulator.Routing;
using BintrayEmulator.Storage;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace BintrayEmulator;

/// <summary>Builds the emulator as a web application of its own: to run alone, or beside another one in the same process.</summary>
public static partial class EmulatorHost
{
    /// <summary>
    /// An emulator for a process that has a host already. It takes nothing from that host's configuration or environment, listens on its
    /// own port, and leaves console and signals to it: start it with <c>StartAsync</c> and end it with <c>StopAsync</c> and
    /// <c>DisposeAsync</c>. After the start, <c>Urls</c> holds where it listens.
    /// </summary>
    /// <param name="options">All settings. Put a user in <see cref="EmulatorOptions.Users"/>, or nobody can write.</param>
    /// <param name="clock">The time of everything that the emulator stamps, waits or limits.</param>
    /// <param name="logging">Where its logs go; nowhere when it is left out.</param>
    /// <param name="configure">Adds middleware and routes in front of the emulator's own routes.</param>
    /// <exception cref="OptionsValidationException">The settings are wrong; it names all problems.</exception>
    /// <exception cref="InvalidDataException">A file that the settings name holds something else.</exception>
    public static WebApplication Build(
        EmulatorOptions options, TimeProvider clock, Action<ILoggingBuilder>? logging = null, Action<WebApplication>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging?.Invoke(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        return Compose(builder, options, clock, configure);
    }

    /// <summary>What is wrong with these settings, one sentence each; empty when the emulator can start with them.</summary>
    public static IReadOnlyList<string> Problems(EmulatorOptions options) => EmulatorOptionsRules.Problems(options);

    /// <summary>A random API key in the form of the service's, for a user that the embedding process makes up.</summary>
    public static string NewApiKey() => KeyFile.NewKey();

    internal static bool IsLoopback(EmulatorOptions options) =>
        ListenAddress.TryParse(options.Listen, out var listen) && IPAddress.IsLoopback(listen.Address);

    internal static WebApplication Compose(
        WebApplicationBuilder builder, EmulatorOptions options, TimeProvider clock, Action<WebApplication>? configure)
    {
        if (Problems(options) is { Count: > 0 } problems)
            throw new OptionsValidationException(EmulatorOptions.Section, typeof(EmulatorOptions), problems);

        AddServices(builder, options, clock);
        var app = builder.Build();
        try
        {
            // Opens the file now: a start that cannot work fails before it listens, and the container closes the file in the end.
            _ = app.Services.GetRequiredService<EmulatorStore>();
            MapAll(app, options, configure);
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }

        app.Lifetime.ApplicationStarted.Register(() => LogStarted(app, options));
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder, EmulatorOptions options, TimeProvider clock)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        builder.Services
            .AddSingleton(options)
            .AddSingleton(clock)
            .AddSingleton(UserDirectory.Load(options))
            .AddSingleton(services => EmulatorStore.Open(
                options.Path,
                clock,
                services.GetRequiredService<UserDirectory>().Names,
                options.History ? options.HistoryLimit : 0))
            .AddSingleton<CallLimit>()
            .AddSingleton(new CallStatistics(clock, options.CallWindow))
            .AddSingleton<RequestCounter>();
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, EmulatorOptions options)
    {
        if (!ListenAddress.TryParse(options.Listen, out var listen))
            throw new InvalidOperationException("Emulator:Listen was not checked.");

        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        if (listen.Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(listen.Port, o => o.Protocols = HttpProtocols.Http1);
        else
            kestrel.Listen(listen.Address, listen.Port, o => o.Protocols = HttpProtocols.Http1);
    }

    private static void MapAll(WebApplication app, EmulatorOptions options, Action<WebApplication>? configure)
    {
        app.Use(PathRules.Apply);
        app.UseRouting();
        app.UseMiddleware<RequestMiddleware>();
        configure?.Invoke(app);
        app.UseStatusCodePages(context => Unrouted(context.HttpContext).WriteAsync(context.HttpContext));

        var routes = new RouteTable(app);
        RepositoryRoutes.Map(routes);
        PackageRoutes.Map(routes);
        VersionRoutes.Map(routes);
        AttributeRoutes.Map(routes);
        SearchRoutes.Map(routes);
        ContentRoutes.Map(routes);
        OwnPages.Map(app);
        AdminRoutes.Map(app, options);
    }

    // What routing alone answered, without a body: 404 for no route, 405 for a route without this method.
    private static Answer Unrouted(HttpContext context) => context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
        ? Answer.Nginx(StatusCodes.Status405MethodNotAllowed, "Not Allowed")
        : Answer.Message(context.Response.StatusCode, ReasonPhrases.GetReasonPhrase(context.Response.StatusCode));

    private static void LogStarted(WebApplication app, EmulatorOptions options)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EmulatorHost).FullName!);
        var users = app.Services.GetRequiredService<UserDirectory>().Names.Count;
        Log.Started(logger, EmulatorIdentity.Sentence, string.Join(", ", app.Urls), Path.GetFullPath(options.Path), users);
        if (users == 0)
            Log.NobodyCanWrite(logger);
    }

    // Leaves the console and its signals to the host around it.
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(
            6000,
            LogLevel.Information,
            "{Sentence} It listens on {Urls}, keeps its data in {Path} and knows {Users} users",
            EventName = "EmulatorStarted")]
        public static partial void Started(ILogger logger, string sentence, string urls, string path, int users);

        [LoggerMessage(6004, LogLevel.Warning, "The emulator has no users: nobody can write to it", EventName = "EmulatorWithoutUsers")]
        public static partial void NobodyCanWrite(ILogger logger);
    }
}
