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
/// <c>/_emulator/faults</c> and <c>/_emulator/state</c>, for tests and demonstrations. They exist only when the settings open them, and
/// answer the holder of the admin key or, without one, callers on loopback.
/// </summary>
internal sealed class AdminRoutes(EmulatorStore store, FaultBoard faults, RequestCounter counter, string? adminKey)
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
            key);
        routes.Add(app, "GET", "/_emulator/faults", _ => Task.FromResult(Answer.Ok(board.Json())));
        routes.Add(app, "PUT", "/_emulator/faults", routes.PutFaultsAsync);
        routes.Add(app, "DELETE", "/_emulator/faults", _ => Task.FromResult(routes.Replace(FaultPlan.Empty)));
        routes.Add(app, "GET", "/_emulator/state", routes.GetStateAsync);
        routes.Add(app, "DELETE", "/_emulator/state", _ => Task.FromResult(routes.ResetCounters()));
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
        faults.Replace(plan);
        return Answer.Ok(faults.Json());
    }

    private Answer ResetCounters()
    {
        counter.Reset();
        return Answer.Success();
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
