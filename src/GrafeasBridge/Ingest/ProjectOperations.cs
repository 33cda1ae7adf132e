using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>
/// The methods on projects, of which all versions have one list. A project is a name in it: notes and occurrences neither need
/// it nor go with it. Whoever may send to a project may announce it; whoever may do anything in it may see it; deleting is for
/// operators.
/// </summary>
internal sealed class ProjectOperations(IBridgeStore store, ListReader lists)
{
    private const string Type = "project";
    private const int ChunkSize = 1000;

    /// <param name="name">Of the project in the body; null without one.</param>
    public async Task<string> CreateAsync(string? name, ServerCallContext context)
    {
        if (name is null)
            throw Errors.Invalid("project", "is required");
        var project = ResourceNames.Project(name, "project.name");
        var caller = context.Caller();
        if (!caller.May(Role.Send, project) && !caller.May(Role.Operate, project))
        {
            throw ProjectPolicy.Denied(caller, $"the role 'send' or 'operate' in project '{project}'");
        }

        try
        {
            await store.AddProjectAsync(project, context.CancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.AlreadyExists)
        {
            throw Errors.From(refused, Type, name);
        }

        return name;
    }

    public async Task<string> GetAsync(string name, ServerCallContext context)
    {
        var project = ResourceNames.Project(name, "name");
        var caller = context.Caller();
        caller.RequireKnown(project);
        return await store.HasProjectAsync(project, context.CancellationToken) ? name : throw Errors.NotFound(Type, name);
    }

    /// <summary>The projects that the caller knows, in the order in which they were created. Grafeas has no limit for the size here.</summary>
    /// <param name="make">The version's message of a project's name.</param>
    public Task<(IReadOnlyList<T> Projects, string NextPageToken)> ListAsync<T>(ListCall call, Func<string, T> make, ServerCallContext context)
        where T : class, IMessage
    {
        var caller = context.Caller();
        return lists.ReadAsync(
            call with { TakesAnySize = true },
            query => ReadAsync(query, caller, context.CancellationToken),
            project => (project.Sequence, caller.Knows(project.Id) ? make($"projects/{project.Id}") : null),
            context.CancellationToken);
    }

    public async Task<Empty> DeleteAsync(string name, ServerCallContext context)
    {
        var project = ResourceNames.Project(name, "name");
        context.Require(Role.Operate, project);
        try
        {
            await store.DeleteProjectAsync(project, context.CancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound)
        {
            throw Errors.From(refused, Type, name);
        }

        return new Empty();
    }

    // A caller may know few of many projects, so more are read than shown.
    private async Task<ListPart<StoredProject>> ReadAsync(ListQuery query, Caller caller, CancellationToken cancellationToken)
    {
        var wanted = caller.Projects is null ? query.Limit : ChunkSize;
        var chunk = await store.ListProjectsAsync(query.After, wanted, cancellationToken);
        return new ListPart<StoredProject>(
            chunk, chunk.Count > 0 ? chunk[^1].Sequence : query.After, IsLast: chunk.Count < wanted, chunk.Count);
    }
}
