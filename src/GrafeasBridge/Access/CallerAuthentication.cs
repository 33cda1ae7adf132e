using System.Text;
using GrafeasBridge.Api;
using GrafeasBridge.Api.Rest;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Net.Http.Headers;

namespace GrafeasBridge.Access;

/// <summary>
/// 2: who calls? The key comes as <c>Authorization: Bearer</c>, as <c>x-api-key</c>, or as the password of
/// <c>Authorization: Basic</c>, on every dialect alike. Endpoints marked as anonymous (health) are let through.
/// </summary>
internal sealed partial class CallerAuthentication
{
    private const string ApiKeyHeader = "x-api-key";

    private readonly RequestDelegate next;
    private readonly KeyRing keys;
    private readonly ILogger<CallerAuthentication> logger;

    public CallerAuthentication(RequestDelegate next, KeyRing keys, ILogger<CallerAuthentication> logger)
    {
        this.next = next;
        this.keys = keys;
        this.logger = logger;
        keys.Open();
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (!keys.AsksForKeys)
        {
            context.Features.Set(Caller.Local);
            return next(context);
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return next(context);
        var key = KeyOf(context.Request.Headers);
        if (key is not null && keys.Find(key) is { } caller)
        {
            context.Features.Set(caller);
            return next(context);
        }

        var sentence = key is null
            ? "An API key is required: send it as 'authorization: Bearer KEY', as 'x-api-key: KEY', or as a Basic password."
            : "The API key is not known here.";
        Log.Refused(logger, context.Connection.RemoteIpAddress, context.Request.Path, key is null ? "no key" : "unknown key");
        return RefuseAsync(context, sentence);
    }

    private static string? KeyOf(IHeaderDictionary headers)
    {
        if (headers.TryGetValue(ApiKeyHeader, out var plain) && plain.Count == 1)
            return plain[0];
        if (headers.Authorization is not [{ } authorization])
            return null;
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return authorization["Bearer ".Length..].Trim();
        return authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? PasswordOf(authorization["Basic ".Length..].Trim()) : null;
    }

    private static string? PasswordOf(string basic)
    {
        Span<byte> bytes = stackalloc byte[1024];
        if (!Convert.TryFromBase64String(basic, bytes, out var length))
            return null;
        var pair = Encoding.UTF8.GetString(bytes[..length]);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    private static Task RefuseAsync(HttpContext context, string sentence)
    {
        if (RestErrors.IsGrpc(context.Request))
            return RestErrors.WriteGrpcAsync(context, StatusCode.Unauthenticated, sentence);
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer, Basic realm=\"GrafeasBridge\"";
        return RestErrors.WriteAsync(
            context, StatusCodes.Status401Unauthorized, Errors.Status(StatusCode.Unauthenticated, sentence));
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "Refused a call from {Client} to {Path}: {Reason}", EventName = "CallRefused")]
        public static partial void Refused(ILogger logger, System.Net.IPAddress? client, string path, string reason);
    }
}
