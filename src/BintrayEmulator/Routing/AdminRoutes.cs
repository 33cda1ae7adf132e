using System.Globalization;
using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>
/// <c>/_emulator/state</c>, <c>history</c> and <c>calls</c>: what the emulator holds, held, and was asked, for tests and demonstrations.
/// </summary>
internal sealed class AdminRoutes(EmulatorStore store, RequestCounter counter, CallStatistics statistics, EmulatorOptions options)
{
    public static void Map(IEndpointRouteBuilder app, EmulatorOptions options)
    {
        var services = app.ServiceProvider;
        var routes = new AdminRoutes(
            services.GetRequiredService<EmulatorStore>(),
            services.GetRequiredService<RequestCounter>(),
            services.GetRequiredService<CallStatistics>(),
            options);
        var table = new AdminRouteTable(app, options);
        table.Add("GET", "/_emulator/state", routes.GetStateAsync);
        table.Add("DELETE", "/_emulator/state", _ => Task.FromResult(routes.ResetCounters()));
        table.Add("GET", "/_emulator/history", context => Task.FromResult(routes.GetHistory(context.Request.Query)));
        table.Add("GET", "/_emulator/calls", _ => Task.FromResult(Answer.Ok(routes.Calls())));
        table.Add("DELETE", "/_emulator/calls", context => Task.FromResult(routes.ResetCalls(context.Request.Query)));
    }

    private Answer ResetCounters()
    {
        counter.Reset();
        return Answer.Success();
    }

    private JsonObject Calls() => statistics.Json();

    private Answer ResetCalls(IQueryCollection query)
    {
        var window = Number(query, "windowMilliseconds", 0, 10, 86_400_000);
        statistics.Reset(window == 0 ? null : TimeSpan.FromMilliseconds(window));
        return Answer.Success();
    }

    private Answer GetHistory(IQueryCollection query)
    {
        if (!options.History)
            return Answer.Message(StatusCodes.Status404NotFound, "No history is kept: start the emulator with Emulator:History=true");

        var after = Number(query, "after", 0, 0, long.MaxValue);
        var limit = (int)Number(query, "limit", HistoryPage.DefaultEntries, 1, HistoryPage.MaxEntries);
        return Answer.Ok(store.Read(session => HistoryPage.Json(session, after, limit)));
    }

    private static long Number(IQueryCollection query, string name, long otherwise, long low, long high)
    {
        if (query[name].FirstOrDefault() is not { Length: > 0 } text)
            return otherwise;

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high
            ? number
            : throw Refusals.Invalid($"{name} is '{text}'; it is {low} to {high}");
    }

    private Task<Answer> GetStateAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var state = new JsonObject
        {
            ["emulator"] = EmulatorIdentity.Name,
            ["requests"] = counter.Json(),
        };
        if (query["attributes"] != "0")
            state["carried"] = store.Read(session => StateDump.Json(session, query["subject"], query["repo"], query["package"]));

        return Task.FromResult(Answer.Ok(state));
    }
}
