using Grafeas.V1;
using GrafeasBridge.Ingest;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>What each setting of this room changes.</summary>
public sealed class SettingsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_re_run_build_is_recognised_when_request_ids_come_from_builds()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:RequestIdFromBuild=true"]);
        var note = await Samples.NoteAsync(host, "p");
        var first = await CreateAsync(host, Samples.Build(note, "b1"));
        Assert.Equal(first.Name, (await CreateAsync(host, Samples.Build(note, "b1"))).Name);
        Assert.NotEqual(first.Name, (await CreateAsync(host, Samples.Build(note, "b2"))).Name);
        Assert.NotEqual(first.Name, (await CreateAsync(host, Samples.Build(note, "b1", "https://other"))).Name);

        var changed = Samples.Build(note, "b1");
        changed.Remediation = "other content";
        await Refusals.OfAsync(
            host.Grafeas.CreateOccurrenceAsync(new CreateOccurrenceRequest { Parent = "projects/p", Occurrence = changed }, cancellationToken: Cancelled),
            StatusCode.AlreadyExists);

        // No build id, nothing to recognise it by.
        var untold = new Occurrence { NoteName = note, ResourceUri = "r", Build = new BuildOccurrence { IntotoStatement = new InTotoStatement() } };
        Assert.NotEqual((await CreateAsync(host, untold.Clone())).Name, (await CreateAsync(host, untold.Clone())).Name);
    }

    [Fact]
    public async Task An_occurrence_that_names_no_version_is_refused_when_unmapped_ones_are()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:RefuseUnmapped=true"]);
        var note = await Samples.NoteAsync(host, "p");
        Assert.Equal("occurrence.resource_uri", await Refusals.FieldsAsync(host.Grafeas.CreateOccurrenceAsync(
            new CreateOccurrenceRequest { Parent = "projects/p", Occurrence = Samples.Build(note, "b", "nothing anyone knows") }, cancellationToken: Cancelled)));
        var stored = await CreateAsync(host, Samples.Build(note, "b", "https://acme-docker-images.bintray.io/team/web:1.4.0"));
        Assert.NotEmpty(stored.Name);
    }

    [Fact]
    public async Task An_attestation_without_key_id_is_accepted_when_a_setting_says_so()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:AllowEmptySignatureKeyId=true"]);
        var note = await host.Grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/p", NoteId = "a", Note = new Note { Attestation = new AttestationNote() } }, cancellationToken: Cancelled);
        var occurrence = new Occurrence { NoteName = note.Name, ResourceUri = "r", Attestation = new AttestationOccurrence() };
        occurrence.Attestation.SerializedPayload = Google.Protobuf.ByteString.CopyFromUtf8("p");
        occurrence.Attestation.Signatures.Add(new Signature { Signature_ = Google.Protobuf.ByteString.CopyFromUtf8("s") });
        Assert.NotEmpty((await CreateAsync(host, occurrence)).Name);
    }

    [Theory]
    [InlineData("Ingest:MaxMessageBytes=1", "MaxMessageBytes")]
    [InlineData("Ingest:MaxBatch=1001", "MaxBatch")]
    [InlineData("Ingest:MaxPageSize=0", "MaxPageSize")]
    public async Task A_setting_out_of_range_stops_the_start(string setting, string named)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => IngestHost.StartAsync(Cancelled, [setting]));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_follow_their_settings()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxBatch=2", "Ingest:MaxPageSize=3", "Ingest:MaxMessageBytes=65536"]);
        var note = await Samples.NoteAsync(host, "p");
        var batch = new BatchCreateOccurrencesRequest { Parent = "projects/p", Occurrences = { Samples.Build(note), Samples.Build(note), Samples.Build(note) } };
        Assert.Equal("occurrences", await Refusals.FieldsAsync(host.Grafeas.BatchCreateOccurrencesAsync(batch, cancellationToken: Cancelled)));
        Assert.Equal("page_size", await Refusals.FieldsAsync(host.Grafeas.ListNotesAsync(new ListNotesRequest { Parent = "projects/p", PageSize = 4 }, cancellationToken: Cancelled)));
        var large = Samples.Build(note);
        large.Remediation = new string('x', 65536);
        await Refusals.OfAsync(
            host.Grafeas.CreateOccurrenceAsync(new CreateOccurrenceRequest { Parent = "projects/p", Occurrence = large }, cancellationToken: Cancelled),
            StatusCode.ResourceExhausted);
    }

    [Theory]
    [InlineData("""{"provenance":{"id":"x"}}""", true)]
    [InlineData("""{"inTotoSlsaProvenanceV1":{"predicate":{"runDetails":{"metadata":{"invocationId":"x"}}}}}""", true)]
    [InlineData("""{"intotoStatement":{"slsaProvenanceZeroTwo":{"metadata":{"buildInvocationId":"x"}}}}""", true)]
    [InlineData("""{"intotoStatement":{"slsaProvenance":{"metadata":{"buildInvocationId":"x"}}}}""", true)]
    [InlineData("""{"intotoStatement":{"provenance":{"metadata":{"buildInvocationId":"x"}}}}""", true)]
    [InlineData("""{"intotoProvenance":{"metadata":{"buildInvocationId":"x"}}}""", true)]
    [InlineData("""{"intotoProvenance":{"metadata":{}}}""", false)]
    public void A_build_tells_its_id_in_any_of_its_forms(string build, bool told)
    {
        var occurrence = new Occurrence { Build = Google.Protobuf.JsonParser.Default.Parse<BuildOccurrence>(build) };
        Assert.Equal(told, RequestIdentity.FromBuild("p", occurrence) is not null);
    }

    private static async Task<Occurrence> CreateAsync(IngestHost host, Occurrence occurrence) =>
        await host.Grafeas.CreateOccurrenceAsync(
            new CreateOccurrenceRequest { Parent = "projects/p", Occurrence = occurrence }, cancellationToken: Cancelled);
}
