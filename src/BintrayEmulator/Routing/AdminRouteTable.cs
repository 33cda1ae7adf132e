using System.Net;
using System.Security.Cryptography;
using System.Text;
using BintrayEmulator.Access;
using BintrayEmulator.Http;

namespace BintrayEmulator.Routing;

/// <summary>
/// Maps pages for tests and demonstrations. They exist only when the settings open them, and answer the holder of the admin key or,
/// without one, callers on loopback.
/// </summary>
internal sealed class AdminRouteTable(IEndpointRouteBuilder app, EmulatorOptions options)
{
    private readonly string? adminKey =
        options.AdminKeyFile is { Length: > 0 } file ? KeyFile.Read("Emulator:AdminKeyFile", file) : null;

    public void Add(string method, string pattern, Func<HttpContext, Task<Answer>> handler)
    {
        if (options.AdminEnabled)
            app.MapMethods(pattern, [method], context => AnswerAsync(context, handler)).WithMetadata(RouteKind.Own);
    }

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
}
