using BintrayEmulator.Access;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>What middleware and the counters want to know about a route.</summary>
/// <param name="IsOwn">The emulator's own page, which the service never had: no limits.</param>
/// <param name="IsAttributes">Attributes of a package or version.</param>
internal sealed record RouteKind(bool IsOwn = false, bool IsAttributes = false)
{
    public static RouteKind Service { get; } = new();

    public static RouteKind Attributes { get; } = new(IsAttributes: true);

    public static RouteKind Own { get; } = new(IsOwn: true);
}

/// <summary>Maps routes of the service: authenticate, count against the limit, handle, answer.</summary>
internal sealed class RouteTable(IEndpointRouteBuilder app)
{
    public RouteTable Get(string pattern, Func<Call, Answer> handler, RouteKind? kind = null) =>
        Add(["GET", "HEAD"], pattern, call => Task.FromResult(handler(call)), kind);

    public RouteTable Post(string pattern, Func<Call, Task<Answer>> handler, RouteKind? kind = null) =>
        Add(["POST"], pattern, handler, kind);

    public RouteTable Put(string pattern, Func<Call, Task<Answer>> handler) => Add(["PUT"], pattern, handler, kind: null);

    public RouteTable Patch(string pattern, Func<Call, Task<Answer>> handler, RouteKind? kind = null) =>
        Add(["PATCH"], pattern, handler, kind);

    public RouteTable Delete(string pattern, Func<Call, Task<Answer>> handler, RouteKind? kind = null) =>
        Add(["DELETE"], pattern, handler, kind);

    private RouteTable Add(string[] methods, string pattern, Func<Call, Task<Answer>> handler, RouteKind? kind)
    {
        app.MapMethods(pattern, methods, context => AnswerAsync(context, handler)).WithMetadata(kind ?? RouteKind.Service);
        return this;
    }

    private static async Task AnswerAsync(HttpContext context, Func<Call, Task<Answer>> handler)
    {
        Answer answer;
        try
        {
            answer = await handler(Begin(context));
        }
        catch (RefusedException e)
        {
            answer = e.Answer();
        }

        await answer.WriteAsync(context);
    }

    private static Call Begin(HttpContext context)
    {
        var services = context.RequestServices;
        var caller = services.GetRequiredService<UserDirectory>().Authenticate(context.Request);
        services.GetRequiredService<CallLimit>().Count(context, caller, (string?)context.Request.RouteValues["subject"]);
        return new Call(
            context,
            caller,
            services.GetRequiredService<EmulatorStore>(),
            services.GetRequiredService<EmulatorOptions>());
    }
}
