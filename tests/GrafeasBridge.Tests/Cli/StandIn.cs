using System.Collections.Concurrent;
using System.Net;
using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Metadata = Grpc.Core.Metadata;

namespace GrafeasBridge.Tests.Cli;

/// <summary>
/// A gRPC server on loopback that answers as the test says, for what the real service does not do on demand: failing, being
/// slow, many pages.
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication application;

    private StandIn(WebApplication application) => this.application = application;

    public ConcurrentQueue<(CreateOccurrenceRequest Request, Metadata Headers)> Created { get; } = new();

    public ConcurrentQueue<CreateNoteRequest> Notes { get; } = new();

    public ConcurrentQueue<ListVersionsRequest> Listed { get; } = new();

    /// <summary>Set once somebody asked where an occurrence went.</summary>
    public TaskCompletionSource DeliveryAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What CreateOccurrence does instead of answering, one for each call until none is left.</summary>
    public ConcurrentQueue<Action<ServerCallContext>> Faults { get; } = new();

    public Func<CreateNoteRequest, Note> OnNote { get; set; } = request => request.Note;

    /// <summary>The answers to where an occurrence went; the last one stays.</summary>
    public ConcurrentQueue<OccurrenceDelivery> Deliveries { get; } = new();

    public IReadOnlyList<VersionSummary> Versions { get; set; } = [];

    public ConcurrentQueue<RedeliverVersionsRequest> Redelivered { get; } = new();

    public IReadOnlyList<TargetReport> Targets { get; set; } = [];

    /// <summary>What GetVersion adds to its answer.</summary>
    public VersionReport Report { get; set; } = new();

    public Func<ExplainRequest, ExplainResponse> OnExplain { get; set; } = _ => new ExplainResponse();

    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<StandIn> StartAsync(TestLogs logs, HttpProtocols protocols = HttpProtocols.Http2)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = protocols));
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddGrpc();
        StandIn? stand = null;
        builder.Services.AddSingleton(_ => stand!);
        var host = builder.Build();
        host.MapGrpcService<GrafeasStandIn>();
        host.MapGrpcService<BridgeStandIn>();
        stand = new StandIn(host);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return stand;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private sealed class GrafeasStandIn(StandIn stand) : global::Grafeas.V1.Grafeas.GrafeasBase
    {
        public override Task<Note> CreateNote(CreateNoteRequest request, ServerCallContext context)
        {
            stand.Notes.Enqueue(request);
            return Task.FromResult(stand.OnNote(request));
        }

        public override Task<Occurrence> CreateOccurrence(CreateOccurrenceRequest request, ServerCallContext context)
        {
            stand.Created.Enqueue((request, context.RequestHeaders));
            if (stand.Faults.TryDequeue(out var fault))
                fault(context);

            var stored = request.Occurrence.Clone();
            stored.Name = $"{request.Parent}/occurrences/{stand.Created.Count}";
            return Task.FromResult(stored);
        }
    }

    private sealed class BridgeStandIn(StandIn stand) : Bridge.BridgeBase
    {
        public override Task<OccurrenceDelivery> GetOccurrenceDelivery(GetOccurrenceDeliveryRequest request, ServerCallContext context)
        {
            stand.DeliveryAsked.TrySetResult();
            OccurrenceDelivery? answer = null;
            var any = stand.Deliveries.Count > 1 ? stand.Deliveries.TryDequeue(out answer) : stand.Deliveries.TryPeek(out answer);
            return any ? Task.FromResult(answer!) : throw new RpcException(new Status(StatusCode.PermissionDenied, "no role 'read'"));
        }

        public override Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
        {
            stand.Listed.Enqueue(request);
            var listed = stand.Versions
                .Where(v => IsAsked(request.Target, v.Target) && IsAsked(request.Subject, v.Subject) && IsAsked(request.Repo, v.Repo))
                .Where(v => IsAsked(request.Package.Replace(':', '/'), v.Package))
                .ToList();
            var start = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken, System.Globalization.CultureInfo.InvariantCulture);
            var end = Math.Min(start + Math.Min(request.PageSize, 2), listed.Count);
            var page = new ListVersionsResponse { Versions = { listed.Skip(start).Take(end - start) } };
            if (end < listed.Count)
                page.NextPageToken = end.ToString(System.Globalization.CultureInfo.InvariantCulture);

            return Task.FromResult(page);
        }

        private static bool IsAsked(string asked, string has) => asked.Length == 0 || asked == has;

        public override Task<VersionReport> GetVersion(GetVersionRequest request, ServerCallContext context)
        {
            var summary = stand.Versions.FirstOrDefault(v => v.Target == request.Target && v.Version == request.Version)
                ?? throw new RpcException(new Status(StatusCode.NotFound, "no such version"));
            return Task.FromResult(new VersionReport(stand.Report)
            {
                Comparison = request.Compare ? stand.Report.Comparison : null,
                Summary = summary,
                OccurrenceCount = 2,
                Attributes = { new MappedAttribute { Name = "build.id", Type = AttributeType.String, Values = { "42" }, SourceField = "build.provenance.id" } },
            });
        }

        public override Task<VersionSummary> Redeliver(RedeliverRequest request, ServerCallContext context) =>
            Task.FromResult(new VersionSummary
            {
                Target = request.Target,
                Subject = request.Subject,
                Repo = request.Repo,
                Package = request.Package,
                Version = request.Version,
                State = DeliveryState.Pending,
            });

        // In two parts, as of many versions.
        public override Task<RedeliverVersionsResponse> RedeliverVersions(RedeliverVersionsRequest request, ServerCallContext context)
        {
            stand.Redelivered.Enqueue(request);
            var isFirst = request.PageToken.Length == 0 && stand.Versions.Count > 1;
            VersionSummary[] part = [.. isFirst ? stand.Versions.Take(1) : stand.Versions.Skip(request.PageToken.Length)];
            return Task.FromResult(new RedeliverVersionsResponse
            {
                Matched = part.Length,
                Marked = request.ValidateOnly ? 0 : part.Length,
                Sample = { part },
                NextPageToken = isFirst ? "1" : "",
            });
        }

        public override Task<ListTargetsResponse> ListTargets(ListTargetsRequest request, ServerCallContext context) =>
            Task.FromResult(new ListTargetsResponse { Targets = { stand.Targets } });

        public override Task<ListUnmappedResponse> ListUnmapped(ListUnmappedRequest request, ServerCallContext context) =>
            Task.FromResult(new ListUnmappedResponse
            {
                Occurrences = { new UnmappedOccurrence { Name = request.Parent + "/occurrences/1", ResourceUri = "https://ci/1", Reason = "No resolver knows the host ci." } },
            });

        public override Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context) => Task.FromResult(stand.OnExplain(request));
    }
}
