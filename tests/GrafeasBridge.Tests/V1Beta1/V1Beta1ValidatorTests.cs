using Google.Protobuf;
using Grafeas.V1Beta1;
using GrafeasBridge.Api;
using GrafeasBridge.V1Beta1;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>Each rule of v1beta1, with the path that the sender used.</summary>
public sealed class V1Beta1ValidatorTests
{
    [Theory]
    [InlineData("{}", "note.type")]
    [InlineData("""{"build":{"signature":{}}}""", "note.build.builder_version note.build.signature.signature")]
    [InlineData("""{"build":{"builderVersion":"1"}}""", "")]
    [InlineData("""{"vulnerability":{}}""", "")]
    [InlineData(
        """{"vulnerability":{"details":[{"minAffectedVersion":{},"maxAffectedVersion":{"kind":"NORMAL"},"fixedLocation":{}}]}}""",
        "note.vulnerability.details[0].cpe_uri note.vulnerability.details[0].package note.vulnerability.details[0].min_affected_version.kind "
        + "note.vulnerability.details[0].max_affected_version.name note.vulnerability.details[0].fixed_location.cpe_uri "
        + "note.vulnerability.details[0].fixed_location.package note.vulnerability.details[0].fixed_location.version")]
    [InlineData("""{"baseImage":{}}""", "note.base_image.resource_url note.base_image.fingerprint")]
    [InlineData("""{"package":{"distribution":[{}]}}""", "note.package.name note.package.distribution[0].cpe_uri")]
    [InlineData("""{"deployable":{"resourceUri":[""]}}""", "note.deployable.resource_uri[0]")]
    [InlineData("""{"discovery":{}}""", "note.discovery.analysis_kind")]
    [InlineData("""{"discovery":{"analysisKind":"INTOTO"}}""", "")]
    [InlineData("""{"attestationAuthority":{"hint":{}}}""", "note.attestation_authority.hint.human_readable_name")]
    [InlineData("""{"spdxFile":{}}""", "")]
    public void Notes(string json, string fields)
    {
        Checker check = default;
        check.Enter("note");
        V1Beta1NoteValidator.Check(ref check, JsonParser.Default.Parse<Note>(json));
        Assert.Equal(fields, string.Join(' ', check.Problems.Select(problem => problem.Field)));
    }

    [Theory]
    [InlineData("{}", "occurrence.resource occurrence.details")]
    [InlineData("""{"resource":{},"sbom":{}}""", "occurrence.resource.uri")]
    [InlineData("""{"resource":{"uri":"r"},"build":{"provenanceBytes":"x"}}""", "occurrence.build")]
    [InlineData("""{"resource":{"uri":"r"},"build":{"inTotoSlsaProvenanceV1":{}}}""", "")]
    [InlineData("""{"resource":{"uri":"r"},"build":{"inTotoSlsaProvenanceV1":{},"provenance":{}}}""", "occurrence.build.provenance.id")]
    [InlineData(
        """{"resource":{"uri":"r"},"build":{"provenance":{"id":"1","sourceProvenance":{"fileHashes":{"f":{"fileHash":[{"value":"AA=="}]}}}}}}""",
        "occurrence.build.provenance.source_provenance.file_hashes[f].file_hash[0].type")]
    [InlineData("""{"resource":{"uri":"r"},"derivedImage":{}}""", "occurrence.derived_image.derived_image")]
    [InlineData(
        """{"resource":{"uri":"r"},"derivedImage":{"derivedImage":{"layerInfo":[{"directive":"RUN"},{}]}}}""",
        "occurrence.derived_image.derived_image.fingerprint occurrence.derived_image.derived_image.layer_info[1].directive")]
    [InlineData("""{"resource":{"uri":"r"},"installation":{}}""", "occurrence.installation.installation")]
    [InlineData("""{"resource":{"uri":"r"},"installation":{"installation":{}}}""", "occurrence.installation.installation.location")]
    [InlineData("""{"resource":{"uri":"r"},"deployment":{}}""", "occurrence.deployment.deployment")]
    [InlineData("""{"resource":{"uri":"r"},"deployment":{"deployment":{}}}""", "occurrence.deployment.deployment.deploy_time")]
    [InlineData("""{"resource":{"uri":"r"},"discovered":{}}""", "occurrence.discovered.discovered")]
    [InlineData("""{"resource":{"uri":"r"},"discovered":{"discovered":{}}}""", "")]
    [InlineData("""{"resource":{"uri":"r"},"attestation":{}}""", "occurrence.attestation.attestation")]
    [InlineData("""{"resource":{"uri":"r"},"attestation":{"attestation":{}}}""", "occurrence.attestation.attestation.signature")]
    [InlineData(
        """{"resource":{"uri":"r"},"attestation":{"attestation":{"pgpSignedAttestation":{}}}}""",
        "occurrence.attestation.attestation.pgp_signed_attestation.signature")]
    [InlineData("""{"resource":{"uri":"r"},"attestation":{"attestation":{"genericSignedAttestation":{"signatures":[{}]}}}}""", "")]
    [InlineData("""{"resource":{"uri":"r"},"vulnerability":{}}""", "occurrence.vulnerability.package_issue")]
    [InlineData(
        """{"resource":{"uri":"r"},"vulnerability":{"packageIssue":[{"fixedLocation":{"cpeUri":"c","package":"p"}}]}}""",
        "occurrence.vulnerability.package_issue[0].affected_location occurrence.vulnerability.package_issue[0].fixed_location.version")]
    [InlineData("""{"resource":{"uri":"r"},"intoto":{}}""", "")]
    public void Occurrences(string json, string fields)
    {
        Checker check = default;
        check.Enter("occurrence");
        V1Beta1OccurrenceValidator.Check(ref check, JsonParser.Default.Parse<Occurrence>(json));
        Assert.Equal(fields, string.Join(' ', check.Problems.Select(problem => problem.Field)));
    }

    [Fact]
    public void Kinds_have_the_numbers_of_v1_and_those_that_v1_does_not_have_their_own()
    {
        var numbers = Enum.GetValues<NoteKind>().Where(kind => kind != NoteKind.Unspecified)
            .ToDictionary(V1Beta1Kinds.Name, kind => V1Beta1Kinds.Stored(Grafeas.V1.NoteKind.Unspecified, kind));
        Assert.Equal(16, numbers.Values.Distinct().Count());
        Assert.Equal((2, 13, 11), (numbers["BUILD"], numbers["SECRET"], numbers["VULNERABILITY_ASSESSMENT"]));
        Assert.Equal((1008, 1009, 1012), (numbers["INTOTO"], numbers["SBOM"], numbers["SPDX_RELATIONSHIP"]));
        Assert.Equal(8, V1Beta1Kinds.Stored(Grafeas.V1.NoteKind.Upgrade, NoteKind.Unspecified));
    }
}
