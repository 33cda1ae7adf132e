using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace GrafeasBridge.Access;

/// <summary>What every authentication scheme leaves on the call: the caller, in the form that ASP.NET Core passes on.</summary>
internal sealed class CallerIdentity(Caller caller, string scheme)
    : ClaimsIdentity([new Claim(ClaimTypes.Name, caller.Name)], authenticationType: scheme)
{
    public Caller Caller { get; } = caller;

    public static AuthenticationTicket Ticket(Caller caller, string scheme) => new(new ClaimsPrincipal(new CallerIdentity(caller, scheme)), scheme);

    /// <returns>Null when no scheme has recognised the caller.</returns>
    public static Caller? CallerOf(ClaimsPrincipal principal) => (principal.Identity as CallerIdentity)?.Caller;
}
