using System.Security.Cryptography;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest.BuildReports;

/// <summary>grafeasbridge.v1.Builds: a flat report becomes one BUILD occurrence for each artifact.</summary>
internal sealed class BuildsService(Intake intake, IOptions<ApiOptions> settings) : Builds.BuildsBase
{
    private const string DefaultNote = "builds";

    private readonly int maxArtifacts = settings.Value.MaxBatch;

    public override async Task<ReportBuildResponse> ReportBuild(ReportBuildRequest request, ServerCallContext context)
    {
        var project = ResourceNames.Project(request.Parent, "parent");
        var caller = context.Require(Role.Send, project);
        BuildReportRules.Refuse(request, maxArtifacts);
        if (request.Note.Length == 0)
            request.Note = DefaultNote;

        BuiltArtifact[] artifacts = request.Artifacts.Count > 0 ? [.. request.Artifacts] : [new BuiltArtifact { Uri = request.ResourceUri }];
        Occurrence[] occurrences = [.. artifacts.Select(artifact => BuildReport.Occurrence(project, request, artifact))];
        var stored = await intake.SubmitAsync(
            new Submission<Occurrence>(project, occurrences, caller, context.Name())
            {
                List = "artifacts",
                Identities = [.. artifacts.Select((artifact, i) => Identity(request, artifact, occurrences[i].ResourceUri))],
                MissingNote = new Note { Build = new BuildNote { BuilderVersion = BuilderOf(request) } },
                IsAnsweredWhole = false,
            },
            context.CancellationToken);
        intake.Tell(context, stored);
        return Answer(artifacts, stored);
    }

    private static ReportBuildResponse Answer(BuiltArtifact[] artifacts, Submitted<Occurrence>[] stored)
    {
        var response = new ReportBuildResponse();
        for (var i = 0; i < stored.Length; i++)
        {
            response.Artifacts.Add(new ReportedArtifact
            {
                Occurrence = stored[i].Occurrence.Name,
                ResourceUri = stored[i].Occurrence.ResourceUri,
                Digest = artifacts[i].Digest,
                Repeated = stored[i].Repeated,
                UnmappedReason = stored[i].UnmappedReason ?? string.Empty,
            });
        }

        return response;
    }

    // What is told of one artifact is all that is told of the build, and this artifact alone.
    private static SubmissionIdentity Identity(ReportBuildRequest request, BuiltArtifact artifact, string resource)
    {
        var told = request.Clone();
        told.Parent = string.Empty;
        told.Artifacts.Clear();
        told.Artifacts.Add(artifact);
        return new SubmissionIdentity(
            RequestIdentity.OfReport(request.Note, request.BuildId, resource), SHA256.HashData(told.ToByteArray()));
    }

    private static string BuilderOf(ReportBuildRequest request) =>
        request.BuilderVersion.Length > 0 ? request.BuilderVersion : request.Builder.Length > 0 ? request.Builder : "unknown";
}
