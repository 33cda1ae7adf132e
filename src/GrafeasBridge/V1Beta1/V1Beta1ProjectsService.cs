using Google.Protobuf.WellKnownTypes;
using Grafeas.V1Beta1.Project;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest;
using Grpc.Core;

namespace GrafeasBridge.V1Beta1;

/// <summary>grafeas.v1beta1.project.Projects: the one list of projects.</summary>
internal sealed class V1Beta1ProjectsService(ProjectOperations projects) : Projects.ProjectsBase
{
    public override async Task<Project> CreateProject(CreateProjectRequest request, ServerCallContext context) =>
        new() { Name = await projects.CreateAsync(request.Project?.Name, context) };

    public override async Task<Project> GetProject(GetProjectRequest request, ServerCallContext context) =>
        new() { Name = await projects.GetAsync(request.Name, context) };

    public override async Task<ListProjectsResponse> ListProjects(ListProjectsRequest request, ServerCallContext context)
    {
        var call = new ListCall(
            "v1beta1.ListProjects", string.Empty, request.Filter, V1Beta1FilterSubjects.Projects, request.PageSize, request.PageToken, Pages.DefaultProjects);
        (var page, var next) = await projects.ListAsync(call, name => new Project { Name = name }, context);
        return new ListProjectsResponse { Projects = { page }, NextPageToken = next };
    }

    public override Task<Empty> DeleteProject(DeleteProjectRequest request, ServerCallContext context) =>
        projects.DeleteAsync(request.Name, context);
}
