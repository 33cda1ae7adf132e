using Google.Protobuf.WellKnownTypes;
using Grafeas.V1.Project;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>grafeas.v1.project.Projects; <see cref="ProjectOperations"/> does the work.</summary>
internal sealed class ProjectsService(ProjectOperations projects) : Projects.ProjectsBase
{
    public override async Task<Project> CreateProject(CreateProjectRequest request, ServerCallContext context) =>
        new() { Name = await projects.CreateAsync(request.Project?.Name, context) };

    public override async Task<Project> GetProject(GetProjectRequest request, ServerCallContext context) =>
        new() { Name = await projects.GetAsync(request.Name, context) };

    public override async Task<ListProjectsResponse> ListProjects(ListProjectsRequest request, ServerCallContext context)
    {
        var call = new ListCall(
            "ListProjects", string.Empty, request.Filter, FilterSubject.Projects, request.PageSize, request.PageToken, Pages.DefaultProjects);
        (var page, var next) = await projects.ListAsync(call, name => new Project { Name = name }, context);
        return new ListProjectsResponse { Projects = { page }, NextPageToken = next };
    }

    public override Task<Empty> DeleteProject(DeleteProjectRequest request, ServerCallContext context) =>
        projects.DeleteAsync(request.Name, context);
}
