using System.Text;
using System.Text.Encodings.Web;
using GrafeasBridge.Api;
using GrafeasBridge.Api.Rest;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace GrafeasBridge.Access.Keys;

/// <summary>
/// 2: who calls, by API key. It comes as <c>Authorization: Bearer</c>, as <c>x-api-key</c>, or as the password of
/// <c>Authorization: Basic</c>, on every dialect alike.
/// </summary>
internal sealed partial class ApiKeyHandler(
    KeyRing keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string ApiKeyHeader = "x-api-key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request.Headers) is not { } key)
            return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(keys.Find(key) is { } caller
            ? AuthenticateResult.Success(CallerIdentity.Ticket(caller, Scheme.Name))
            : AuthenticateResult.Fail("The API key is not known here."));
    }

    /// <summary>Says in the caller's dialect what is missing.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var unknown = (await HandleAuthenticateOnceSafeAsync()).Failure;
        Log.Refused(Logger, Context.Connection.RemoteIpAddress, Request.Path, unknown is null ? "no key" : "unknown key");
        var sentence = unknown?.Message
            ?? "An API key is required: send it as 'authorization: Bearer KEY', as 'x-api-key: KEY', or as a Basic password.";
        if (!RestErrors.IsGrpc(Request))
            Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer, Basic realm=\"GrafeasBridge\"";
        await RestErrors.RefuseAsync(Context, StatusCodes.Status401Unauthorized, Errors.Status(StatusCode.Unauthenticated, sentence));
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

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "Refused a call from {Client} to {Path}: {Reason}", EventName = "CallRefused")]
        public static partial void Refused(ILogger logger, System.Net.IPAddress? client, string path, string reason);
    }
}
