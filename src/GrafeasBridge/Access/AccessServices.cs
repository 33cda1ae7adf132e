using GrafeasBridge.Access.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Access;

/// <summary>Registration of this room: who calls (authentication) and what a caller may do (authorization), by ASP.NET Core's own parts.</summary>
internal static class AccessServices
{
    /// <summary>The default scheme. It calls nobody by itself; it picks the scheme that fits the configuration and the request.</summary>
    private const string AnyScheme = "Caller";

    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsRules>();
        services.AddSingleton<KeyRing>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRing>());
        AddSchemes(services);

        // Whatever an endpoint does not say of itself holds: its caller must be known. Those that anybody may call are marked AllowAnonymous.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalResultHandler>();
    }

    /// <summary>Marks an endpoint that is not of one project: it asks for a role in all of them.</summary>
    public static T RequireRole<T>(this T endpoint, Role role)
        where T : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new RoleRequirement(role)).Build());

    private static void AddSchemes(IServiceCollection services)
    {
        // Not AddAuthentication(): it brings data protection along, which writes key files that nothing here would use.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = AnyScheme);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddPolicyScheme(AnyScheme, displayName: null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, LocalCallerHandler>(LocalCallerHandler.SchemeName, configureOptions: null);
    }

    private static string SchemeOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<KeyRing>().AsksForKeys ? ApiKeyHandler.SchemeName : LocalCallerHandler.SchemeName;
}
