using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Access;

/// <summary>2: who calls, where no credentials are configured: everybody is <see cref="Caller.Local"/>. Loopback only, unless a setting says otherwise.</summary>
internal sealed class LocalCallerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Local";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(CallerIdentity.Ticket(Caller.Local, Scheme.Name)));
}
