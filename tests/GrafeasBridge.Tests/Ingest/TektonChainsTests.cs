using System.Text.Json.Nodes;
using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>What Tekton Chains calls when it stores one signed build, with payloads of its own tests.</summary>
public sealed class TektonChainsTests
{
    private const string Statement = "v1.real.tekton-chains.v2alpha4.img4";
    private const string SimpleSigning = "v1.real.tekton-chains.simplesigning.no-key-id";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Statement)]
    [InlineData(SimpleSigning)]
    public async Task A_build_is_stored_and_found_again_by_its_artifacts(string id)
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:AllowEmptySignatureKeyId=true"]);
        var note = Request<CreateNoteRequest>(id, "CreateNote", CreateNoteRequest.Descriptor);
        var occurrence = Request<CreateOccurrenceRequest>(id, "CreateOccurrence", CreateOccurrenceRequest.Descriptor);

        await host.Grafeas.CreateNoteAsync(note, cancellationToken: Cancelled);
        // Chains makes the note for every build, and goes on at exactly this answer.
        await Refusals.OfAsync(host.Grafeas.CreateNoteAsync(note, cancellationToken: Cancelled), StatusCode.AlreadyExists);

        string[] artifacts = [occurrence.Occurrence.ResourceUri, .. Subjects(occurrence.Occurrence).Where(uri => uri != occurrence.Occurrence.ResourceUri)];
        foreach (var artifact in artifacts.Append("gcr.io/other@sha256:" + new string('0', 64)))
        {
            occurrence.Occurrence.ResourceUri = artifact;
            await host.Grafeas.CreateOccurrenceAsync(occurrence, cancellationToken: Cancelled);
        }

        var filter = string.Join(" OR ", artifacts.Select(artifact => $"resourceUrl={Quoted(artifact)}"));
        var found = await host.Grafeas.ListNoteOccurrencesAsync(
            new ListNoteOccurrencesRequest { Name = occurrence.Occurrence.NoteName, Filter = filter }, cancellationToken: Cancelled);
        Assert.Equal(artifacts, found.Occurrences.Select(one => one.ResourceUri));
        Assert.All(found.Occurrences, one => Assert.Equal(occurrence.Occurrence.DetailsCase, one.DetailsCase));
        Assert.Empty(found.NextPageToken);
    }

    private static IEnumerable<string> Subjects(Occurrence occurrence) =>
        occurrence.Build?.IntotoStatement?.Subject.Select(subject => $"{subject.Name}@sha256:{subject.Digest["sha256"]}") ?? [];

    // Go's %q, for printable ASCII.
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static T Request<T>(string id, string method, Google.Protobuf.Reflection.MessageDescriptor type)
    {
        var file = JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("tests", "conformance", "v1.real.json")))!;
        var one = ((JsonArray)file["cases"]!).Single(one => (string?)one!["id"] == id)!;
        var step = ((JsonArray)one["steps"]!).First(step => ((string)step!["rpc"]!).EndsWith("/" + method, StringComparison.Ordinal))!;
        return (T)WireJson.Read(step["request"]!, type);
    }
}
