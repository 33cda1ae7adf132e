using Google.Protobuf.WellKnownTypes;
using Grafeas.V1Beta1;
using Grafeas.V1Beta1.Vulnerability;
using GrafeasBridge.Tests.Ingest;
using GrafeasBridge.Tests.Support;
using Grpc.Core;
using PgpSignedAttestation = Grafeas.V1Beta1.Attestation.PgpSignedAttestation;
using V1Kind = Grafeas.V1.NoteKind;
using V1Occurrence = Grafeas.V1.Occurrence;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>What one version wrote, in the hands of the other, through the front door.</summary>
[OnBothStores]
public sealed class CrossVersionTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Grafeas.V1.Grafeas.GrafeasClient V1 => fixture.Host.Grafeas;

    private GrafeasV1Beta1.GrafeasV1Beta1Client Beta => fixture.Host.Beta;

    [Fact]
    public async Task A_build_of_v1beta1_is_a_build_of_v1_and_a_build_of_v1_one_of_v1beta1()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "both", V1Beta1Samples.BuildNote());
        var written = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/both", Occurrence = V1Beta1Samples.Build(note) }, cancellationToken: Cancelled);
        Assert.Equal(NoteKind.Build, written.Kind);

        var read = await V1.GetOccurrenceAsync(new() { Name = written.Name }, cancellationToken: Cancelled);
        var expected = new V1Occurrence(Samples.Build(note))
        {
            Name = written.Name,
            Kind = V1Kind.Build,
            CreateTime = written.CreateTime,
            UpdateTime = written.UpdateTime,
        };
        Assert.Equal(expected, read);
        Assert.Equal("1", (await V1.GetNoteAsync(new() { Name = note }, cancellationToken: Cancelled)).Build.BuilderVersion);

        var other = await V1.CreateOccurrenceAsync(new() { Parent = "projects/both", Occurrence = Samples.Build(note, "b2") }, cancellationToken: Cancelled);
        var seen = await Beta.GetOccurrenceAsync(new() { Name = other.Name }, cancellationToken: Cancelled);
        Assert.Equal(("b2", "https://r.example/a/b:1", NoteKind.Build), (seen.Build.Provenance.Id, seen.Resource.Uri, seen.Kind));
        Assert.Equal([written, seen], (await Beta.ListOccurrencesAsync(new() { Parent = "projects/both" }, cancellationToken: Cancelled)).Occurrences);
        Assert.Equal([read, other], (await V1.ListOccurrencesAsync(new() { Parent = "projects/both" }, cancellationToken: Cancelled)).Occurrences);
        Assert.Equal([read, other], (await V1.ListNoteOccurrencesAsync(new() { Name = note }, cancellationToken: Cancelled)).Occurrences);
        Assert.Equal(note, (await Beta.GetOccurrenceNoteAsync(new() { Name = other.Name }, cancellationToken: Cancelled)).Name);
    }

    [Fact]
    public async Task An_update_by_v1_keeps_what_only_v1beta1_can_say_and_one_by_v1beta1_what_only_v1_can()
    {
        var weakness = await V1Beta1Samples.NoteAsync(fixture.Host, "updates", new Note { Vulnerability = new() }, "v");
        var mine = V1Beta1Samples.Found(weakness, "r", Severity.High, Severity.High, mended: true);
        mine.Vulnerability.PackageIssue[0].SeverityName = "urgent";
        mine = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/updates", Occurrence = mine }, cancellationToken: Cancelled);
        var body = await V1.GetOccurrenceAsync(new() { Name = mine.Name }, cancellationToken: Cancelled);
        body.Remediation = "patch";
        body.Vulnerability.PackageIssue[0].AffectedPackage = "zlib1g";
        var changed = await V1.UpdateOccurrenceAsync(new() { Name = mine.Name, Occurrence = body }, cancellationToken: Cancelled);
        mine.Remediation = "patch";
        mine.Vulnerability.PackageIssue[0].AffectedLocation.Package = "zlib1g";
        mine.UpdateTime = changed.UpdateTime;
        Assert.True(mine.UpdateTime > mine.CreateTime);
        Assert.Equal(mine, await Beta.GetOccurrenceAsync(new() { Name = mine.Name }, cancellationToken: Cancelled));

        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "updates", V1Beta1Samples.BuildNote());
        var theirs = Samples.Build(note);
        theirs.Build.IntotoStatement = new() { Type = "t" };
        theirs = await V1.CreateOccurrenceAsync(new() { Parent = "projects/updates", Occurrence = theirs }, cancellationToken: Cancelled);
        var request = new UpdateOccurrenceRequest
        {
            Name = theirs.Name,
            Occurrence = V1Beta1Samples.Build(note),
            UpdateMask = new FieldMask { Paths = { "build.provenance.logs_uri", "remediation" } },
        };
        request.Occurrence.Build.Provenance.LogsUri = "https://logs.example/1";
        await Beta.UpdateOccurrenceAsync(request, cancellationToken: Cancelled);
        var build = (await V1.GetOccurrenceAsync(new() { Name = theirs.Name }, cancellationToken: Cancelled)).Build;
        Assert.Equal(("https://logs.example/1", "b1", "t"), (build.Provenance.LogsUri, build.Provenance.Id, build.IntotoStatement.Type));
    }

    [Fact]
    public async Task A_pgp_signature_stays_what_it_is_while_v1_changes_something_else()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "pgp", new Note { AttestationAuthority = new() });
        Occurrence signed = new()
        {
            NoteName = note,
            Resource = new() { Uri = "https://r.example/a@sha256:1" },
            Attestation = new() { Attestation = new() { PgpSignedAttestation = new PgpSignedAttestation { Signature = "-----BEGIN", PgpKeyId = "k" } } },
        };
        signed = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/pgp", Occurrence = signed }, cancellationToken: Cancelled);
        var seen = await V1.GetOccurrenceAsync(new() { Name = signed.Name }, cancellationToken: Cancelled);
        var signature = Assert.Single(seen.Attestation.Signatures);
        Assert.Equal(("-----BEGIN", "k"), (signature.Signature_.ToStringUtf8(), signature.PublicKeyId));

        seen.Remediation = "none";
        var changed = await V1.UpdateOccurrenceAsync(new() { Name = signed.Name, Occurrence = seen }, cancellationToken: Cancelled);
        signed.Remediation = "none";
        signed.UpdateTime = changed.UpdateTime;
        Assert.Equal(signed, await Beta.GetOccurrenceAsync(new() { Name = signed.Name }, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task A_kind_that_v1_does_not_have_shows_its_common_fields_there_and_survives_a_change()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "links", new Note { Intoto = new() { StepName = "build" }, ShortDescription = "s" });
        var link = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/links", Occurrence = V1Beta1Samples.Link(note) }, cancellationToken: Cancelled);
        var seen = await V1.GetOccurrenceAsync(new() { Name = link.Name }, cancellationToken: Cancelled);
        Assert.Equal((V1Kind.Unspecified, V1Occurrence.DetailsOneofCase.None), (seen.Kind, seen.DetailsCase));
        Assert.Equal(("https://r.example/a/b:1", note, link.CreateTime), (seen.ResourceUri, seen.NoteName, seen.CreateTime));

        var remediated = await V1.UpdateOccurrenceAsync(
            new() { Name = link.Name, Occurrence = new() { Remediation = "r" }, UpdateMask = new() { Paths = { "remediation" } } }, cancellationToken: Cancelled);
        var described = await V1.UpdateNoteAsync(
            new() { Name = note, Note = new() { ShortDescription = "t" }, UpdateMask = new() { Paths = { "short_description" } } }, cancellationToken: Cancelled);
        link.Remediation = "r";
        link.UpdateTime = remediated.UpdateTime;
        Assert.Equal(link, await Beta.GetOccurrenceAsync(new() { Name = link.Name }, cancellationToken: Cancelled));
        var after = await Beta.GetNoteAsync(new() { Name = note }, cancellationToken: Cancelled);
        Assert.Equal(("t", "build", NoteKind.Intoto, described.UpdateTime), (after.ShortDescription, after.Intoto.StepName, after.Kind, after.UpdateTime));

        var build = Samples.Build(note);
        var refused = await Refusals.FieldsAsync(V1.UpdateOccurrenceAsync(new() { Name = link.Name, Occurrence = build }, cancellationToken: Cancelled));
        Assert.Equal("occurrence.details", refused);
    }

    [Fact]
    public async Task A_kind_that_v1beta1_does_not_have_shows_its_common_fields_there_and_survives_a_change()
    {
        var upgrade = await V1.CreateNoteAsync(
            new() { Parent = "projects/upgrades", NoteId = "u", Note = new() { Upgrade = new() { Package = "zlib" } } }, cancellationToken: Cancelled);
        var seen = await Beta.GetNoteAsync(new() { Name = upgrade.Name }, cancellationToken: Cancelled);
        Assert.Equal((NoteKind.Unspecified, Note.TypeOneofCase.None, upgrade.Name), (seen.Kind, seen.TypeCase, seen.Name));

        seen.LongDescription = "long";
        var changed = await Beta.UpdateNoteAsync(new() { Name = upgrade.Name, Note = seen }, cancellationToken: Cancelled);
        upgrade.LongDescription = "long";
        upgrade.UpdateTime = changed.UpdateTime;
        Assert.Equal(upgrade, await V1.GetNoteAsync(new() { Name = upgrade.Name }, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Kinds_of_note_and_occurrence_must_agree_across_the_versions()
    {
        var intoto = await V1Beta1Samples.NoteAsync(fixture.Host, "kinds", new Note { Intoto = new() }, "intoto");
        var sbom = await V1Beta1Samples.NoteAsync(fixture.Host, "kinds", new Note { Sbom = new() }, "sbom");
        await V1.CreateNoteAsync(new() { Parent = "projects/kinds", NoteId = "upgrade", Note = new() { Upgrade = new() } }, cancellationToken: Cancelled);
        foreach (var note in new[] { sbom, "projects/kinds/notes/upgrade" })
        {
            Assert.Equal(
                "occurrence.details",
                await Refusals.FieldsAsync(Beta.CreateOccurrenceAsync(new() { Parent = "projects/kinds", Occurrence = V1Beta1Samples.Link(note) }, cancellationToken: Cancelled)));
        }

        Assert.Equal(
            "occurrence.details",
            await Refusals.FieldsAsync(V1.CreateOccurrenceAsync(new() { Parent = "projects/kinds", Occurrence = Samples.Build(intoto) }, cancellationToken: Cancelled)));
        await Beta.CreateOccurrenceAsync(new() { Parent = "projects/kinds", Occurrence = V1Beta1Samples.Link(intoto) }, cancellationToken: Cancelled);
    }

    [Fact]
    public async Task A_refusal_of_disagreeing_kinds_names_them_as_the_protos_do()
    {
        var step = await V1Beta1Samples.NoteAsync(fixture.Host, "named", new Note { SpdxFile = new() }, "step");
        var link = await Refusals.OfAsync(
            Beta.CreateOccurrenceAsync(new() { Parent = "projects/named", Occurrence = V1Beta1Samples.Link(step) }, cancellationToken: Cancelled), StatusCode.InvalidArgument);
        Assert.EndsWith("the occurrence is of kind INTOTO, its note projects/named/notes/step is of kind SPDX_FILE", link.Status.Detail, StringComparison.Ordinal);
        var build = await Refusals.OfAsync(
            V1.CreateOccurrenceAsync(new() { Parent = "projects/named", Occurrence = Samples.Build(step) }, cancellationToken: Cancelled), StatusCode.InvalidArgument);
        Assert.EndsWith("the occurrence is of kind BUILD, its note projects/named/notes/step is of kind SPDX_FILE", build.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_version_deletes_is_gone_for_the_other()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "deleted", V1Beta1Samples.BuildNote());
        var first = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/deleted", Occurrence = V1Beta1Samples.Build(note) }, cancellationToken: Cancelled);
        var second = await V1.CreateOccurrenceAsync(new() { Parent = "projects/deleted", Occurrence = Samples.Build(note) }, cancellationToken: Cancelled);
        await V1.DeleteOccurrenceAsync(new() { Name = first.Name }, cancellationToken: Cancelled);
        await Beta.DeleteOccurrenceAsync(new() { Name = second.Name }, cancellationToken: Cancelled);
        await Refusals.OfAsync(Beta.GetOccurrenceAsync(new() { Name = first.Name }, cancellationToken: Cancelled), StatusCode.NotFound);
        await Refusals.OfAsync(V1.GetOccurrenceAsync(new() { Name = second.Name }, cancellationToken: Cancelled), StatusCode.NotFound);
        await Beta.DeleteNoteAsync(new() { Name = note }, cancellationToken: Cancelled);
        await Refusals.OfAsync(V1.GetNoteAsync(new() { Name = note }, cancellationToken: Cancelled), StatusCode.NotFound);
    }

    [Fact]
    public async Task A_note_id_and_a_project_are_taken_for_both_versions()
    {
        await V1Beta1Samples.NoteAsync(fixture.Host, "taken", V1Beta1Samples.BuildNote());
        await Refusals.OfAsync(
            V1.CreateNoteAsync(new() { Parent = "projects/taken", NoteId = "n", Note = Samples.BuildNote() }, cancellationToken: Cancelled), StatusCode.AlreadyExists);
        var projects = new Grafeas.V1Beta1.Project.Projects.ProjectsClient(fixture.Host.Channel);
        await projects.CreateProjectAsync(new() { Project = new() { Name = "projects/taken" } }, cancellationToken: Cancelled);
        await Refusals.OfAsync(
            fixture.Host.Projects.CreateProjectAsync(new() { Project = new() { Name = "projects/taken" } }, cancellationToken: Cancelled), StatusCode.AlreadyExists);
        Assert.Contains((await projects.ListProjectsAsync(new(), cancellationToken: Cancelled)).Projects, project => project.Name == "projects/taken");
    }
}
