using GrafeasBridge.Api.Rest;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>The order in which a request passes the middleware. Each line stands where it does for the reason beside it.</summary>
internal static class ApiPipeline
{
    public static void UseApi(this WebApplication app)
    {
        app.UseMiddleware<RefusalCount>();     // outermost: counts what any line below refuses
        app.UseDrain();                        // before anything may answer, so that refusals too tell the client to go elsewhere
        app.UseMiddleware<HeaderLimits>();     // needs nothing but the head; all below may then trust its size
        app.UseMiddleware<ConcurrencyLimit>(); // before bodies are read and callers are looked up: both cost memory
        app.UseMiddleware<RestErrors>();       // before routing, whose refusals (404, 405) have no body of their own
        app.UseRouting();                      // everything below asks the endpoint: is it anonymous, which role, which dialect
        app.UseAuthentication();               // who calls (2)
        app.UseAuthorization();                // before a body is read: strangers make the service read nothing
        app.UseMiddleware<RestRequests>();     // after the caller is known, before transcoding would drop what it does not understand
        app.UseMiddleware<GrpcRequests>();
    }

    /// <summary>Sends callers elsewhere while the service stops.</summary>
    private static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use(next => context => drain.TellAsync(context, next));
    }
}
