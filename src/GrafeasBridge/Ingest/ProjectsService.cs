using Google.Protobuf.WellKnownTypes;
using Grafeas.V1.Project;
using GrafeasBridge.Access;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>
/// grafeas.v1.project.Projects. A project is a name in a list: notes and occurrences neither need it nor go with it. Whoever may
/// send to a project may announce it; whoever may do anything in it may see it; deleting is for operators.
/// </summary>
internal sealed class ProjectsService(IBridgeStore store, ListReader lists) : Projects.ProjectsBase
{
    private const string Type = "project";
    private const int ChunkSize = 1000;

    public override async Task<Project> CreateProject(CreateProjectRequest request, ServerCallContext context)
    {
        if (request.Project is null) throw Errors.Invalid("project", "is required");
        string project = ResourceNames.Project(request.Project.Name, "project.name");
        Caller caller = context.Caller();
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
            throw Errors.From(refused, Type, request.Project.Name);
        }

        return new Project { Name = request.Project.Name };
    }

    public override async Task<Project> GetProject(GetProjectRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Name, "name");
        Caller caller = context.Caller();
        if (!caller.Knows(project)) throw ProjectPolicy.Denied(caller, $"any role in project '{project}'");
        if (!await store.HasProjectAsync(project, context.CancellationToken)) throw Errors.NotFound(Type, request.Name);
        return new Project { Name = request.Name };
    }

    /// <summary>The projects that the caller knows, in the order in which they were created.</summary>
    public override async Task<ListProjectsResponse> ListProjects(ListProjectsRequest request, ServerCallContext context)
    {
        Caller caller = context.Caller();
        (IReadOnlyList<Project> items, string next) = await lists.ReadAsync(
            new ListCall(
                "ListProjects", string.Empty, request.Filter, FilterSubject.Projects, request.PageSize, request.PageToken, Pages.DefaultProjects),
            query => ReadAsync(query, caller, context.CancellationToken),
            project => (project.Sequence, caller.Knows(project.Id) ? new Project { Name = $"projects/{project.Id}" } : null),
            context.CancellationToken);
        var response = new ListProjectsResponse { NextPageToken = next };
        response.Projects.AddRange(items);
        return response;
    }

    public override async Task<Empty> DeleteProject(DeleteProjectRequest request, ServerCallContext context)
    {
        string project = ResourceNames.Project(request.Name, "name");
        context.Require(Role.Operate, project);
        try
        {
            await store.DeleteProjectAsync(project, context.CancellationToken);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound)
        {
            throw Errors.From(refused, Type, request.Name);
        }

        return new Empty();
    }

    // A caller may know few of many projects, so more are read than shown.
    private async Task<ListPart<StoredProject>> ReadAsync(ListQuery query, Caller caller, CancellationToken cancellationToken)
    {
        int wanted = caller.Projects is null ? query.Limit : ChunkSize;
        IReadOnlyList<StoredProject> chunk = await store.ListProjectsAsync(query.After, wanted, cancellationToken);
        return new ListPart<StoredProject>(
            chunk, chunk.Count > 0 ? chunk[^1].Sequence : query.After, IsLast: chunk.Count < wanted, chunk.Count);
    }
}
