using System.Text.Json;
using Grafeas.V1Beta1;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using MessageConversion = GrafeasBridge.V1Beta1.MessageConversion;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>What v1beta1 wrote, on its way through the whole bridge to the repository.</summary>
[OnBothStores]
public sealed class DeliveryTests : IAsyncLifetime
{
    private BridgeHost host = null!;

    private GrafeasV1Beta1.GrafeasV1Beta1Client Beta => new(host.Channel);

    public async ValueTask InitializeAsync()
    {
        host = await BridgeHost.StartAsync();
        await BuildSamples.NoteAsync(host, "ci");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_build_is_delivered_with_the_attributes_of_its_v1_counterpart()
    {
        await BuildSamples.SendAsync(host, "ci", BuildSamples.WithFacts("ci", "1"));
        await SendAsync(MessageConversion.ToV1Beta1<Occurrence>(BuildSamples.WithFacts("ci", "2")));
        var wanted = await DeliveredAsync("1");
        Assert.Contains(wanted, attribute => attribute.StartsWith("build.id", StringComparison.Ordinal));
        Assert.Equal(wanted.Select(text => text.Replace("team/web:1", "team/web:2", StringComparison.Ordinal)), await DeliveredAsync("2"));
    }

    [Fact]
    public async Task A_change_by_way_of_v1beta1_reaches_the_repository()
    {
        var build = await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        var update = new UpdateOccurrenceRequest
        {
            Name = build.Name,
            Occurrence = new() { Build = new() { Provenance = new() { Creator = "somebody else" } } },
            UpdateMask = new() { Paths = { "build.provenance.creator" } },
        };
        await Beta.UpdateOccurrenceAsync(update, cancellationToken: BuildSamples.Cancelled);
        Assert.Contains(await DeliveredAsync("1"), attribute => attribute.Contains("somebody else", StringComparison.Ordinal));
        await Beta.DeleteOccurrenceAsync(new() { Name = build.Name }, cancellationToken: BuildSamples.Cancelled);
        Assert.DoesNotContain(await DeliveredAsync("1"), attribute => attribute.StartsWith("build.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_counts_among_the_occurrences_of_its_version_and_tells_its_note_and_nothing_else()
    {
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        var before = await DeliveredAsync("1");
        await Beta.CreateNoteAsync(new() { Parent = "projects/ci", NoteId = "step", Note = new() { Intoto = new() } }, cancellationToken: BuildSamples.Cancelled);
        await SendAsync(V1Beta1Samples.Link("projects/ci/notes/step", "acme-docker-images.bintray.io/team/web:1"));
        await SendAsync(V1Beta1Samples.Link("projects/ci/notes/step", "file://web.tar.gz"));
        string[] changed = [.. (await DeliveredAsync("1")).Except(before)];
        Assert.Equal("grafeas.note=[\"projects/ci/notes/step\",\"projects/ci/notes/build\"]", Assert.Single(changed));

        var bridge = new Bridge.BridgeClient(host.Channel);
        var report = await bridge.GetVersionAsync(BuildSamples.Version("1"), cancellationToken: BuildSamples.Cancelled);
        Assert.Equal(2, report.OccurrenceCount);
        var unmapped = await bridge.ListUnmappedAsync(new() { Parent = "projects/ci" }, cancellationToken: BuildSamples.Cancelled);
        Assert.Equal("file://web.tar.gz", Assert.Single(unmapped.Occurrences).ResourceUri);
    }

    [Fact]
    public async Task Reflection_and_health_know_the_services_of_this_version()
    {
        await using var open = await BridgeHost.StartAsync("Listen:Reflection=true");
        var reflection = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(open.Channel);
        using var call = reflection.ServerReflectionInfo(cancellationToken: BuildSamples.Cancelled);
        await call.RequestStream.WriteAsync(new() { ListServices = "*" }, BuildSamples.Cancelled);
        Assert.True(await call.ResponseStream.MoveNext(BuildSamples.Cancelled));
        string[] services = [.. call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name)];
        Assert.Contains("grafeas.v1beta1.GrafeasV1Beta1", services);
        Assert.Contains("grafeas.v1beta1.project.Projects", services);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(BuildSamples.Cancelled));
    }

    private async Task SendAsync(Occurrence occurrence) => await Beta.CreateOccurrenceAsync(
        new() { Parent = "projects/ci", Occurrence = occurrence }, cancellationToken: BuildSamples.Cancelled);

    /// <summary>What the emulator itself answers, once the bridge has verified it; without the names of the occurrences.</summary>
    private async Task<string[]> DeliveredAsync(string version)
    {
        await BuildSamples.UntilAsync(host, BuildSamples.Version(version), DeliveryState.Verified);
        using var http = new HttpClient();
        var uri = new Uri(host.Emulator, $"/packages/acme/images/team:web/versions/{version}/attributes");
        using var attributes = JsonDocument.Parse(await http.GetStringAsync(uri, BuildSamples.Cancelled));
        return [.. attributes.RootElement.EnumerateArray()
            .Where(a => !a.GetProperty("values").ToString().Contains("/occurrences/", StringComparison.Ordinal))
            .Select(a => $"{a.GetProperty("name")}={a.GetProperty("values")}").Order(StringComparer.Ordinal)];
    }
}
