using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BintrayEmulator.Access;
using BintrayEmulator.Faults;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>
/// <c>/_emulator/faults</c>, <c>state</c>, <c>history</c> and <c>calls</c>, for tests and demonstrations. They exist only when the
/// settings open them, and answer the holder of the admin key or, without one, callers on loopback.
/// </summary>
internal sealed class AdminRoutes(
    EmulatorStore store, FaultBoard faults, RequestCounter counter, CallLedger ledger, EmulatorOptions options, string? adminKey)
{
    public static void Map(IEndpointRouteBuilder app, EmulatorOptions options)
    {
        if (!options.FaultsEnabled)
            return;

        var services = app.ServiceProvider;
        var board = services.GetRequiredService<FaultBoard>();
        var key = options.AdminKeyFile is { Length: > 0 } file ? KeyFile.Read("Emulator:AdminKeyFile", file) : null;
        var routes = new AdminRoutes(
            services.GetRequiredService<EmulatorStore>(),
            board,
            services.GetRequiredService<RequestCounter>(),
            services.GetRequiredService<CallLedger>(),
            options,
            key);
        routes.Add(app, "GET", "/_emulator/faults", _ => Task.FromResult(Answer.Ok(board.Json())));
        routes.Add(app, "PUT", "/_emulator/faults", routes.PutFaultsAsync);
        routes.Add(app, "DELETE", "/_emulator/faults", _ => Task.FromResult(routes.Replace(FaultPlan.Empty)));
        routes.Add(app, "GET", "/_emulator/state", routes.GetStateAsync);
        routes.Add(app, "DELETE", "/_emulator/state", _ => Task.FromResult(routes.ResetCounters()));
        routes.Add(app, "GET", "/_emulator/history", context => Task.FromResult(routes.GetHistory(context.Request.Query)));
        routes.Add(app, "GET", "/_emulator/calls", _ => Task.FromResult(Answer.Ok(routes.Calls())));
        routes.Add(app, "DELETE", "/_emulator/calls", context => Task.FromResult(routes.ResetCalls(context.Request.Query)));
    }

    private void Add(IEndpointRouteBuilder app, string method, string pattern, Func<HttpContext, Task<Answer>> handler) =>
        app.MapMethods(pattern, [method], context => AnswerAsync(context, handler)).WithMetadata(RouteKind.Own);

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<Answer>> handler)
    {
        Answer answer;
        try
        {
            answer = IsAdmin(context) ? await handler(context) : throw Refusals.Unauthenticated();
        }
        catch (RefusedException e)
        {
            answer = e.Answer();
        }

        await answer.WriteAsync(context);
    }

    private bool IsAdmin(HttpContext context)
    {
        if (adminKey is null)
            return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

        var sent = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()));
        return CryptographicOperations.FixedTimeEquals(sent, SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + adminKey)));
    }

    private async Task<Answer> PutFaultsAsync(HttpContext context) =>
        Replace(FaultPlan.Read(await RequestBody.ReadAsync(context.Request, context.RequestAborted)));

    private Answer Replace(FaultPlan plan)
    {
        if (!options.History && plan.Uses(FaultKind.StaleRead))
            throw Refusals.Invalid("A fault of kind staleRead answers from the history: start the emulator with Emulator:History=true");

        faults.Replace(plan);
        return Answer.Ok(faults.Json());
    }

    private Answer ResetCounters()
    {
        counter.Reset();
        return Answer.Success();
    }

    private JsonObject Calls() => ledger.Json();

    private Answer ResetCalls(IQueryCollection query)
    {
        var window = Number(query, "windowMilliseconds", 0, 10, 86_400_000);
        ledger.Reset(window == 0 ? null : TimeSpan.FromMilliseconds(window));
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
            ["faults"] = faults.Json(),
        };
        if (query["attributes"] != "0")
            state["carried"] = store.Read(session => StateDump.Json(session, query["subject"], query["repo"], query["package"]));

        return Task.FromResult(Answer.Ok(state));
    }
}
