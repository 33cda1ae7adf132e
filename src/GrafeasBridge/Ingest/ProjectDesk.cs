using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Access;
using GrafeasBridge.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>
/// The methods on projects, of which all versions have one list. A project is a name in it: notes and occurrences neither need
/// it nor go with it. Whoever may send to a project may announce it; whoever may do anything in it may see it; deleting is for
/// operators.
/// </summary>
internal sealed class ProjectDesk(IBridgeStore store, PageTokens tokens, IOptions<IngestOptions> settings)
{
    private const string Type = "project";
    private const int ChunkSize = 1000;

    private readonly IngestOptions options = settings.Value;

    /// <param name="name">Of the project in the body; null without one.</param>
    public async Task<string> CreateAsync(string? name, ServerCallContext context)
    {
        if (name is null) throw Errors.Invalid("project", "is required");
        string project = ResourceNames.Project(name, "project.name");
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
            throw Errors.From(refused, Type, name);
        }

        return name;
    }

    public async Task<string> GetAsync(string name, ServerCallContext context)
    {
        string project = ResourceNames.Project(name, "name");
        Caller caller = context.Caller();
        if (!caller.Knows(project)) throw ProjectPolicy.Denied(caller, $"any role in project '{project}'");
        return await store.HasProjectAsync(project, context.CancellationToken) ? name : throw Errors.NotFound(Type, name);
    }

    /// <summary>The projects that the caller knows, in the order in which they were created.</summary>
    /// <param name="method">Binds a token to the version of the list.</param>
    public async Task<(IReadOnlyList<string> Names, string NextPageToken)> ListAsync(
        string method, string filter, int pageSize, string pageToken, ServerCallContext context)
    {
        Caller caller = context.Caller();
        Pages.RefuseFilter(filter);
        int size = Pages.Size(pageSize, Pages.DefaultProjects, options.MaxPageSize);
        string list = PageTokens.List(method, string.Empty, string.Empty);
        long after = await tokens.ReadAsync(pageToken, list, context.CancellationToken);

        var names = new List<string>();
        long? last = await FillAsync(names, caller, after, size, context.CancellationToken);
        return (names, await tokens.WriteAsync(last, list, context.CancellationToken));
    }

    public async Task<Empty> DeleteAsync(string name, ServerCallContext context)
    {
        string project = ResourceNames.Project(name, "name");
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

    // A caller may know few of many projects, so the page is filled from as many chunks as it takes.
    private async Task<long?> FillAsync(List<string> names, Caller caller, long after, int size, CancellationToken cancellationToken)
    {
        long last = after;
        long read = after;
        while (true)
        {
            int wanted = caller.Projects is null ? size + 1 - names.Count : ChunkSize;
            IReadOnlyList<StoredProject> chunk = await store.ListProjectsAsync(read, wanted, cancellationToken);
            foreach (StoredProject project in chunk)
            {
                read = project.Sequence;
                if (!caller.Knows(project.Id)) continue;
                if (names.Count == size) return last;
                names.Add($"projects/{project.Id}");
                last = project.Sequence;
            }

            if (chunk.Count < wanted) return null;
        }
    }
}
