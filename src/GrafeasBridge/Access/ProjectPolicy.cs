using Grpc.Core;

namespace GrafeasBridge.Access;

/// <summary>3: may this caller do this here? Refusals come before anything that would tell whether the thing exists.</summary>
internal static class ProjectPolicy
{
    /// <summary>The caller that authentication (2) left on the call.</summary>
    public static Caller Caller(this ServerCallContext context) => context.GetHttpContext().Caller();

    /// <inheritdoc cref="Caller(ServerCallContext)"/>
    public static Caller Caller(this HttpContext context) =>
        CallerIdentity.CallerOf(context.User)
        ?? throw new InvalidOperationException("The call passed no authentication; UseApi must run before the services.");

    /// <exception cref="RpcException">PERMISSION_DENIED, with the role and the project that are missing.</exception>
    public static Caller Require(this ServerCallContext context, Role role, string project) => context.Caller().Require(role, project);

    /// <inheritdoc cref="Require(ServerCallContext,Role,string)"/>
    public static Caller Require(this Caller caller, Role role, string project) =>
        caller.May(role, project) ? caller : throw Denied(caller, $"the role '{Text(role)}' in project '{project}'");

    /// <summary>For a note that an occurrence points at: its project must be one in which the caller has some role.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED, with the project.</exception>
    public static void RequireKnown(this Caller caller, string project)
    {
        if (!caller.Knows(project))
            throw Denied(caller, $"any role in project '{project}'");
    }

    /// <summary>For questions that are not of one project; what the caller may see of the answer depends on its projects.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED when the role holds nowhere.</exception>
    public static Caller RequireSomewhere(this ServerCallContext context, Role role)
    {
        var caller = context.Caller();
        return caller.Roles.Contains(role) ? caller : throw Denied(caller, $"the role '{Text(role)}'");
    }

    /// <exception cref="RpcException">PERMISSION_DENIED unless the role holds in every project.</exception>
    public static Caller RequireEverywhere(this ServerCallContext context, Role role) => context.Caller().RequireEverywhere(role);

    /// <inheritdoc cref="RequireEverywhere(ServerCallContext,Role)"/>
    public static Caller RequireEverywhere(this Caller caller, Role role)
    {
        return caller.MayEverywhere(role) ? caller : throw new RpcException(new Status(StatusCode.PermissionDenied, Missing(caller, role)));
    }

    /// <returns>The refusal of a caller who lacks the role in all projects.</returns>
    public static string Missing(Caller caller, Role role) => Sentence(caller, $"the role '{Text(role)}' in all projects");

    public static RpcException Denied(Caller caller, string missing) =>
        new(new Status(StatusCode.PermissionDenied, Sentence(caller, missing)));

    private static string Sentence(Caller caller, string missing) => $"The key '{caller.Name}' does not hold {missing}.";

    private static string Text(Role role) => role switch
    {
        Role.Send => "send",
        Role.Read => "read",
        Role.Operate => "operate",
        Role.Metrics => "metrics",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };
}
