using GrafeasBridge.Api;
using GrafeasBridge.Api.Rest;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace GrafeasBridge.Access;

/// <summary>3, for an endpoint that is not of one project: it wants a role that holds in all of them.</summary>
internal sealed class RoleRequirement(Role role) : AuthorizationHandler<RoleRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (CallerIdentity.CallerOf(context.User) is not { } caller)
            return Task.CompletedTask; // not authenticated: that is challenged, not forbidden
        if (caller.MayEverywhere(role))
            context.Succeed(requirement);
        else
            context.Fail(new AuthorizationFailureReason(this, ProjectPolicy.Missing(caller, role)));
        return Task.CompletedTask;
    }
}

/// <summary>Tells the caller in its dialect which right is missing; the platform's own answer has no body.</summary>
internal sealed class RefusalResultHandler : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler platform = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden)
            return platform.HandleAsync(next, context, policy, authorizeResult);
        var sentence = string.Join(' ', authorizeResult.AuthorizationFailure?.FailureReasons.Select(reason => reason.Message) ?? []);
        return RestErrors.RefuseAsync(context, StatusCodes.Status403Forbidden, Errors.Status(StatusCode.PermissionDenied, sentence));
    }
}
