using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Query;

/// <summary>8: what people ask. A key for some projects sees the versions to which an occurrence of those projects contributes.</summary>
internal sealed class BridgeService(
    IBridgeStore store,
    VersionLookup versions,
    VersionReports reports,
    VersionComparer comparer,
    TargetReports targets,
    Redelivery redelivery,
    Explainer explainer,
    ListReader lists,
    PageTokens tokens) : Bridge.BridgeBase
{
    private const int DefaultPage = 20;
    private const int LargestPage = 1000;

    public override async Task<VersionReport> GetVersion(GetVersionRequest request, ServerCallContext context)
    {
        var caller = context.RequireSomewhere(Role.Read);
        if (request.Compare)
            context.RequireSomewhere(Role.Operate);
        var version = VersionLookup.Coordinates(request.Target, request.Subject, request.Repo, request.Package, request.Version);
        var row = await versions.VisibleAsync(caller, request.Target, version, context.CancellationToken);
        (var report, var wanted) = await reports.ReportAsync(row, context.CancellationToken);
        if (request.Compare)
            report.Comparison = await comparer.CompareAsync(row, wanted, context.CancellationToken);
        return report;
    }

    public override async Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        var caller = context.RequireSomewhere(Role.Read);
        if (request.Commit.Length > 0 && request.Digest.Length > 0)
            throw Errors.Invalid("digest", "may not be set together with commit; ask for one of them");
        if (!System.Enum.IsDefined(request.State))
            throw Errors.Invalid("state", $"is {(int)request.State}, which is no delivery state");
        var filter = Filter(request, caller);
        var call = new ListCall(
            "ListVersions", Key(request), request.Filter, VersionSubject.Versions, request.PageSize, request.PageToken, DefaultPage)
        {
            LargestSize = LargestPage,
        };
        (var found, var next) = await lists.ReadAsync(
            call,
            query => store.ListVersionsAsync(filter, query, context.CancellationToken),
            row => (row.Sequence, (VersionSummary?)VersionReports.Summary(row)),
            context.CancellationToken);
        return new ListVersionsResponse { Versions = { found }, NextPageToken = next };
    }

    public override async Task<OccurrenceDelivery> GetOccurrenceDelivery(GetOccurrenceDeliveryRequest request, ServerCallContext context)
    {
        var name = ResourceNames.Occurrence(request.Name, "name");
        context.Require(Role.Read, name.Project);
        var found = await store.FindOccurrenceVersionsAsync(name.Project, name.Id, context.CancellationToken)
            ?? throw Errors.NotFound("occurrence", request.Name);
        var response = new OccurrenceDelivery { Name = request.Name, UnmappedReason = found.UnmappedReason ?? "" };
        response.Versions.AddRange(found.Versions.Select(VersionReports.Summary));
        return response;
    }

    public override async Task<ListUnmappedResponse> ListUnmapped(ListUnmappedRequest request, ServerCallContext context)
    {
        var project = ResourceNames.Project(request.Parent, "parent");
        context.Require(Role.Read, project);
        var size = Pages.Size(request.PageSize, DefaultPage, LargestPage);
        var list = PageTokens.List("ListUnmapped", project, "");
        var after = await tokens.ReadAsync(request.PageToken, list, context.CancellationToken);

        var items = await store.ListUnmappedAsync(project, after, size + 1, context.CancellationToken);
        var response = new ListUnmappedResponse();
        response.Occurrences.AddRange(items.Take(size).Select(VersionReports.Unmapped));
        response.NextPageToken = await tokens.WriteAsync(
            items.Count > size ? items[size - 1].Sequence : null, list, context.CancellationToken);
        return response;
    }

    public override async Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context)
    {
        var project = ResourceNames.Project(request.Parent, "parent");
        if (request.Occurrence is null)
            throw Errors.Invalid("occurrence", "is required");
        context.Require(Role.Read, project);
        return await explainer.ExplainAsync(project, request.Occurrence, context.CancellationToken);
    }

    public override async Task<VersionSummary> Redeliver(RedeliverRequest request, ServerCallContext context)
    {
        var caller = context.RequireSomewhere(Role.Operate);
        var version = VersionLookup.Coordinates(request.Target, request.Subject, request.Repo, request.Package, request.Version);
        await versions.VisibleAsync(caller, request.Target, version, context.CancellationToken);
        return VersionReports.Summary(await store.RedeliverAsync(request.Target, version, context.CancellationToken));
    }

    public override Task<RedeliverVersionsResponse> RedeliverVersions(RedeliverVersionsRequest request, ServerCallContext context) =>
        redelivery.RunAsync(context.RequireSomewhere(Role.Operate), request, context.CancellationToken);

    public override Task<ListTargetsResponse> ListTargets(ListTargetsRequest request, ServerCallContext context)
    {
        context.RequireEverywhere(Role.Read);
        return targets.ListAsync(context.CancellationToken);
    }

    private static VersionFilter Filter(ListVersionsRequest request, Caller caller) => new(
        NullIfEmpty(request.Target),
        NullIfEmpty(request.Subject),
        NullIfEmpty(request.Repo),
        NullIfEmpty(CoordinateNames.Package(request.Package)),
        request.State == V1.DeliveryState.Unspecified ? null : (Store.DeliveryState)request.State,
        NullIfEmpty(request.Commit),
        NullIfEmpty(request.Digest),
        caller.Projects is null ? null : [.. caller.Projects]);

    // A token holds for the same question only. The filter has a place of its own in it.
    private static string Key(ListVersionsRequest request)
    {
        var question = request.Clone();
        question.PageToken = "";
        question.PageSize = 0;
        question.Filter = "";
        question.Package = CoordinateNames.Package(question.Package);
        return question.ToString();
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
