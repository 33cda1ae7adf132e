using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Validation;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Every rule of every kind: what is wrong is found, all of it, at its path; what is right is let through.</summary>
public sealed class ValidatorTests
{
    [Theory]
    [InlineData("{}", "type")]
    [InlineData("""{"shortDescription":"s","kind":"BUILD"}""", "type")]
    [InlineData("""{"vulnerability":{}}""", "vulnerability.details")]
    [InlineData("""{"vulnerability":{"windowsDetails":[{"cpeUri":"c","name":"n"}]}}""", "vulnerability.details")]
    [InlineData("""{"vulnerability":{"details":[{}]}}""", "vulnerability.details[0].affected_cpe_uri|vulnerability.details[0].affected_package")]
    [InlineData("""{"vulnerability":{"details":[{"affectedCpeUri":"c","affectedPackage":"p"}]}}""", "")]
    [InlineData(
        """{"vulnerability":{"details":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersionStart":{},"affectedVersionEnd":{"kind":"NORMAL"}}]}}""",
        "vulnerability.details[0].affected_version_start.kind|vulnerability.details[0].affected_version_end.name")]
    [InlineData(
        """{"vulnerability":{"details":[{"affectedCpeUri":"c","affectedPackage":"p","fixedVersion":{"kind":"NORMAL","name":"1"}}]}}""",
        "vulnerability.details[0].fixed_cpe_uri|vulnerability.details[0].fixed_package")]
    [InlineData("""{"vulnerability":{"details":[{"affectedCpeUri":"c","affectedPackage":"p","fixedVersion":{"kind":"MAXIMUM"}}]}}""", "")]
    [InlineData("""{"vulnerability":{"details":[{"affectedCpeUri":"c","affectedPackage":"p","fixedVersion":{}}]}}""", "vulnerability.details[0].fixed_version.kind")]
    [InlineData("""{"build":{}}""", "build.builder_version")]
    [InlineData("""{"build":{"builderVersion":"1"}}""", "")]
    [InlineData("""{"image":{}}""", "image.resource_url|image.fingerprint")]
    [InlineData("""{"image":{"resourceUrl":"u","fingerprint":{}}}""", "image.fingerprint.v1_name|image.fingerprint.v2_blob")]
    [InlineData("""{"image":{"resourceUrl":"u","fingerprint":{"v1Name":"v","v2Blob":["a",""]}}}""", "image.fingerprint.v2_blob[1]")]
    [InlineData("""{"image":{"resourceUrl":"u","fingerprint":{"v1Name":"v","v2Blob":["a"]}}}""", "")]
    [InlineData("""{"package":{}}""", "package.name")]
    [InlineData("""{"package":{"name":"n","distribution":[{"latestVersion":{}}]}}""", "package.distribution[0].cpe_uri|package.distribution[0].latest_version.kind")]
    [InlineData("""{"package":{"name":"n","distribution":[{"cpeUri":"c"}]}}""", "")]
    [InlineData("""{"deployment":{}}""", "deployment.resource_uri")]
    [InlineData("""{"deployment":{"resourceUri":["a","","b",""]}}""", "deployment.resource_uri[1]|deployment.resource_uri[3]")]
    [InlineData("""{"deployment":{"resourceUri":["a"]}}""", "")]
    [InlineData("""{"discovery":{}}""", "discovery.analysis_kind")]
    [InlineData("""{"discovery":{"analysisKind":"BUILD"}}""", "")]
    [InlineData("""{"attestation":{"hint":{}}}""", "attestation.hint.human_readable_name")]
    [InlineData("""{"attestation":{"hint":{"humanReadableName":"QA"}}}""", "")]
    [InlineData("""{"attestation":{}}""", "")]
    [InlineData("""{"upgrade":{}}""", "")]
    [InlineData("""{"compliance":{}}""", "")]
    [InlineData("""{"dsseAttestation":{}}""", "")]
    [InlineData("""{"vulnerabilityAssessment":{}}""", "")]
    [InlineData("""{"sbomReference":{}}""", "")]
    [InlineData("""{"secret":{}}""", "")]
    [InlineData("""{"aiSkillAnalysis":{}}""", "")]
    public void A_note_is_checked_by_the_rules_of_its_kind(string json, string fields) =>
        Assert.Equal(fields, Fields(JsonParser.Default.Parse<Note>(json)));

    [Theory]
    [InlineData("""{"vulnerability":{}}""", "vulnerability.package_issue")]
    [InlineData(
        """{"vulnerability":{"packageIssue":[{}]}}""",
        "vulnerability.package_issue[0].affected_cpe_uri|vulnerability.package_issue[0].affected_package|"
        + "vulnerability.package_issue[0].affected_version|vulnerability.package_issue[0].fixed_version")]
    [InlineData(
        """{"vulnerability":{"packageIssue":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{},"fixedVersion":{"kind":"NORMAL"}}]}}""",
        "vulnerability.package_issue[0].affected_version.kind|vulnerability.package_issue[0].fixed_version.name|"
        + "vulnerability.package_issue[0].fixed_cpe_uri|vulnerability.package_issue[0].fixed_package")]
    [InlineData("""{"vulnerability":{"packageIssue":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{"kind":"MINIMUM"},"fixedVersion":{"kind":"MAXIMUM"}}]}}""", "")]
    [InlineData(
        """{"vulnerability":{"packageIssue":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{"kind":"MINIMUM"},"fixedVersion":{"kind":"MAXIMUM"}},{"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{"kind":"MINIMUM"}}]}}""",
        "vulnerability.package_issue[1].fixed_version")]
    [InlineData("""{"build":{}}""", "build")]
    [InlineData("""{"build":{"provenanceBytes":"abc"}}""", "build")]
    [InlineData("""{"build":{"intotoProvenance":{}}}""", "")]
    [InlineData("""{"build":{"intotoStatement":{}}}""", "")]
    [InlineData("""{"build":{"inTotoSlsaProvenanceV1":{}}}""", "")]
    [InlineData("""{"build":{"provenance":{}}}""", "build.provenance.id")]
    [InlineData("""{"build":{"intotoStatement":{},"provenance":{}}}""", "build.provenance.id")]
    [InlineData("""{"build":{"provenance":{"id":"i","builtArtifacts":[{}]}}}""", "")]
    [InlineData("""{"build":{"provenance":{"id":"i","commands":[{"name":"c"},{"args":["x"]},{}]}}}""", "build.provenance.commands[1].name|build.provenance.commands[2].name")]
    [InlineData("""{"build":{"provenance":{"id":"i","sourceProvenance":{"fileHashes":{"f":{}}}}}}""", "build.provenance.source_provenance.file_hashes[f].file_hash")]
    [InlineData(
        """{"build":{"provenance":{"id":"i","sourceProvenance":{"fileHashes":{"f":{"fileHash":[{"type":"t","value":"YQ=="},{}]}}}}}}""",
        "build.provenance.source_provenance.file_hashes[f].file_hash[1].type|build.provenance.source_provenance.file_hashes[f].file_hash[1].value")]
    [InlineData("""{"build":{"provenance":{"id":"i","sourceProvenance":{"context":{"git":{}}}}}}""", "")]
    [InlineData("""{"image":{}}""", "image.fingerprint")]
    [InlineData("""{"image":{"fingerprint":{"v1Name":"v"},"layerInfo":[{"arguments":"a"},{"directive":"ADD"}]}}""", "image.fingerprint.v2_blob|image.layer_info[0].directive")]
    [InlineData("""{"image":{"fingerprint":{"v1Name":"v","v2Blob":["b"]}}}""", "")]
    [InlineData("""{"package":{"name":"n"}}""", "package.location")]
    [InlineData("""{"package":{"location":[{},{"cpeUri":"c","version":{"kind":"NORMAL"}}]}}""", "package.location[0].cpe_uri|package.location[1].version.name")]
    [InlineData("""{"package":{"location":[{"cpeUri":"c"}]}}""", "")]
    [InlineData("""{"deployment":{}}""", "deployment.deploy_time")]
    [InlineData("""{"deployment":{"deployTime":"1970-01-01T00:00:00Z"}}""", "")]
    [InlineData("""{"discovery":{}}""", "")]
    [InlineData("""{"attestation":{}}""", "attestation")]
    [InlineData("""{"attestation":{"signatures":[{"signature":"YQ==","publicKeyId":"k"}]}}""", "attestation")]
    [InlineData("""{"attestation":{"serializedPayload":"YQ==","signatures":[{},{"signature":"YQ==","publicKeyId":"k"}]}}""", "attestation.signatures[0].signature|attestation.signatures[0].public_key_id")]
    [InlineData("""{"attestation":{"serializedPayload":"YQ=="}}""", "")]
    [InlineData("""{"attestation":{"jwts":[{}]}}""", "")]
    [InlineData("""{"upgrade":{}}""", "")]
    [InlineData("""{"compliance":{}}""", "")]
    [InlineData("""{"dsseAttestation":{}}""", "")]
    [InlineData("""{"sbomReference":{}}""", "")]
    [InlineData("""{"secret":{}}""", "")]
    [InlineData("""{"aiSkillAnalysis":{}}""", "")]
    [InlineData("{}", "details")]
    public void An_occurrence_is_checked_by_the_rules_of_its_kind(string json, string fields)
    {
        var occurrence = JsonParser.Default.Parse<Occurrence>(json);
        occurrence.ResourceUri = "anything: its form is not looked at";
        Assert.Equal(fields, Fields(occurrence));
    }

    [Fact]
    public void The_resource_is_required_and_bounded()
    {
        var occurrence = new Occurrence { Discovery = new DiscoveryOccurrence() };
        Assert.Equal("resource_uri", Fields(occurrence));
        occurrence.ResourceUri = new string('x', OccurrenceValidator.MaxResourceUriLength);
        Assert.Empty(Fields(occurrence));
        occurrence.ResourceUri += "x";
        Checker check = default;
        OccurrenceValidator.Check(ref check, occurrence, false);
        Assert.Equal("has 8193 characters; at most 8192 are allowed", Assert.Single(check.Problems).Sentence);
        occurrence.ResourceUri = "a\0b";
        check = default;
        OccurrenceValidator.Check(ref check, occurrence, false);
        Assert.Equal(new Problem("resource_uri", "holds U+0000 at character 1; none is allowed"), Assert.Single(check.Problems));
    }

    [Fact]
    public void An_empty_key_id_passes_where_a_setting_says_so_and_an_empty_signature_never()
    {
        var occurrence = new Occurrence { ResourceUri = "r", Attestation = new AttestationOccurrence() };
        occurrence.Attestation.SerializedPayload = ByteString.CopyFromUtf8("p");
        occurrence.Attestation.Signatures.Add(new Signature());
        Checker check = default;
        OccurrenceValidator.Check(ref check, occurrence, allowEmptyKeyId: true);
        Assert.Equal("attestation.signatures[0].signature", Assert.Single(check.Problems).Field);
    }

    [Fact]
    public void Times_and_JSON_values_that_cannot_be_written_are_found_wherever_they_are()
    {
        var values = new Struct();
        values.Fields["ok"] = Value.ForNumber(1);
        values.Fields["list"] = Value.ForList(Value.ForNull(), new Value());
        values.Fields["nan"] = Value.ForNumber(double.NaN);
        var occurrence = new Occurrence
        {
            ResourceUri = "r",
            Build = new BuildOccurrence
            {
                Provenance = new BuildProvenance { Id = "i", EndTime = new Timestamp { Nanos = -1 }, StartTime = new Timestamp { Seconds = 1L << 60 } },
                InTotoSlsaProvenanceV1 = new InTotoSlsaProvenanceV1
                {
                    Predicate = new() { BuildDefinition = new() { ExternalParameters = values } },
                },
            },
        };
        occurrence.Build.InTotoSlsaProvenanceV1.Predicate.BuildDefinition.ResolvedDependencies.Add(
            new InTotoSlsaProvenanceV1.Types.ResourceDescriptor { Annotations = { ["a"] = new Value() } });
        const string V1 = "build.in_toto_slsa_provenance_v1.predicate.build_definition.";
        Assert.Equal(
            "build.provenance.start_time|build.provenance.end_time|"
            + $"{V1}external_parameters.fields[list].list_value.values[1]|{V1}external_parameters.fields[nan]|"
            + $"{V1}resolved_dependencies[0].annotations[a]",
            Fields(occurrence));
    }

    [Fact]
    public void Problems_beyond_what_is_kept_are_counted()
    {
        var note = new Note { Deployment = new DeploymentNote() };
        note.Deployment.ResourceUri.AddRange(Enumerable.Repeat(string.Empty, Checker.MaxProblems + 7));
        Checker check = default;
        check.Enter("note");
        NoteValidator.Check(ref check, note);
        Assert.Equal(Checker.MaxProblems, check.Problems.Count);
        Assert.Equal(7, check.Uncounted);
    }

    [Fact]
    public void Checking_a_valid_occurrence_allocates_no_problem_list()
    {
        var occurrence = JsonParser.Default.Parse<Occurrence>(
            """{"resourceUri":"r","build":{"provenance":{"id":"i","commands":[{"name":"c"}],"endTime":"2024-01-01T00:00:00Z"}}}""");
        Checker check = default;
        OccurrenceValidator.Check(ref check, occurrence, false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Checker again = default;
            again.Enter("occurrences", i);
            OccurrenceValidator.Check(ref again, occurrence, false);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private static string Fields(Note note)
    {
        Checker check = default;
        NoteValidator.Check(ref check, note);
        return string.Join('|', check.Problems.Select(problem => problem.Field));
    }

    private static string Fields(Occurrence occurrence)
    {
        Checker check = default;
        OccurrenceValidator.Check(ref check, occurrence, allowEmptyKeyId: false);
        return string.Join('|', check.Problems.Select(problem => problem.Field));
    }
}
