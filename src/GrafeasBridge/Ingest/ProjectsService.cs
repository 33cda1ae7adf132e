using Google.Protobuf.WellKnownTypes;
using Grafeas.V1.Project;
using GrafeasBridge.Access;
using GrafeasBridge.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>
/// grafeas.v1.project.Projects. A project is a name in a list: notes and occurrences neither need it nor go with it. Whoever may
/// send to a project may announce it; whoever may do anything in it may see it; deleting is for operators.
/// </summary>
internal sealed class ProjectsService(IBridgeStore store, PageTokens tokens, IOptions<IngestOptions> settings) : Projects.ProjectsBase
{
    private const string Type = "project";
    private const int ChunkSize = 1000;

    private readonly IngestOptions options = settings.Value;

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
        Pages.RefuseFilter(request.Filter);
        int size = Pages.Size(request.PageSize, Pages.DefaultProjects, options.MaxPageSize, "Ingest:MaxPageSize");
        string list = PageTokens.List("ListProjects", string.Empty, string.Empty);
        long after = await tokens.ReadAsync(request.PageToken, list, context.CancellationToken);

        var response = new ListProjectsResponse();
        long? last = await FillAsync(response, caller, after, size, context.CancellationToken);
        response.NextPageToken = await tokens.WriteAsync(last, list, context.CancellationToken);
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

    // A caller may know few of many projects, so the page is filled from as many chunks as it takes.
    private async Task<long?> FillAsync(
        ListProjectsResponse response, Caller caller, long after, int size, CancellationToken cancellationToken)
    {
        long last = after;
        long read = after;
        while (true)
        {
            int wanted = caller.Projects is null ? size + 1 - response.Projects.Count : ChunkSize;
            IReadOnlyList<StoredProject> chunk = await store.ListProjectsAsync(read, wanted, cancellationToken);
            foreach (StoredProject project in chunk)
            {
                read = project.Sequence;
                if (!caller.Knows(project.Id)) continue;
                if (response.Projects.Count == size) return last;
                response.Projects.Add(new Project { Name = $"projects/{project.Id}" });
                last = project.Sequence;
            }

            if (chunk.Count < wanted) return null;
        }
    }
}
