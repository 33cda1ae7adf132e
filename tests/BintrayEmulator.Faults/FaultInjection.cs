using BintrayEmulator.Http;
using BintrayEmulator.Routing;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Faults;

/// <summary>
/// Makes an emulator fail on demand: give <see cref="Configure"/> to <see cref="EmulatorHost.Build"/> and send a plan to
/// <c>/_emulator/faults</c>. That page exists when <see cref="EmulatorOptions.AdminEnabled"/> is set.
/// </summary>
public static class FaultInjection
{
    /// <summary>Adds the faults in front of the emulator's own routes, and the page that controls them.</summary>
    public static void Configure(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<EmulatorOptions>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var selector = new FaultSelector(clock);
        app.UseMiddleware<FaultMiddleware>(selector, new DeferredChanges(app.Services.GetRequiredService<EmulatorStore>(), clock));

        var pages = new AdminRouteTable(app, options);
        pages.Add("GET", "/_emulator/faults", _ => Task.FromResult(Answer.Ok(selector.Json())));
        pages.Add("PUT", "/_emulator/faults", async context => Replace(selector, await ReadPlanAsync(context, options)));
        pages.Add("DELETE", "/_emulator/faults", _ => Task.FromResult(Replace(selector, FaultPlan.Empty)));
    }

    private static Answer Replace(FaultSelector selector, FaultPlan plan)
    {
        selector.Replace(plan);
        return Answer.Ok(selector.Json());
    }

    private static async Task<FaultPlan> ReadPlanAsync(HttpContext context, EmulatorOptions options)
    {
        var plan = FaultPlan.Read(await RequestBody.ReadAsync(context.Request, context.RequestAborted));
        return options.History || !plan.Uses(FaultKind.StaleRead)
            ? plan
            : throw Refusals.Invalid("A fault of kind staleRead answers from the history: start the emulator with Emulator:History=true");
    }
}
