using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Filtering;

/// <summary>What a filter says of one occurrence, rule by rule.</summary>
public sealed class MatchingTests
{
    private static readonly Occurrence Build = JsonParser.Default.Parse<Occurrence>("""
        {
          "name": "projects/ci/occurrences/o1", "resourceUri": "https://gcr.io/alpha/app", "noteName": "projects/prov/notes/nb",
          "kind": "BUILD", "createTime": "2024-03-01T10:00:00.123456700Z", "remediation": "été😀",
          "build": {
            "provenance": {
              "id": "b-1", "projectId": "007", "startTime": "2024-01-10T10:00:00.000000001Z",
              "buildOptions": { "machine": "n1", "empty": "", "a.b": "dots" },
              "commands": [ { "name": "docker" }, { "name": "go", "args": [ "test", "a*b" ] } ],
              "sourceProvenance": { "fileHashes": { "x": { "fileHash": [ { "type": "SHA256", "value": "Zm9v" } ] } } }
            },
            "inTotoSlsaProvenanceV1": {
              "_type": "https://in-toto.io/Statement/v1",
              "predicate": { "buildDefinition": { "externalParameters": {
                "repo": "https://git.example/a", "depth": 3.5, "deep": { "flag": true, "none": null }, "list": [ "x", 7, { "k": "v" } ] } } }
            }
          },
          "envelope": { "payload": "e30=" }
        }
        """);

    private static readonly Occurrence Scan = JsonParser.Default.Parse<Occurrence>("""
        {
          "kind": "VULNERABILITY",
          "vulnerability": {
            "cvssScore": 9.8, "effectiveSeverity": "HIGH", "fixAvailable": true,
            "cvssv3": { "baseScore": 0.1 },
            "packageIssue": [ { "affectedPackage": "zlib" }, { "affectedPackage": "openssl", "fixedVersion": { "epoch": 2, "kind": "NORMAL" } } ]
          }
        }
        """);

    [Theory]
    // Texts: exact, in the order of code points, with stars at the ends, by part with ':'.
    [InlineData("remediation=été😀", null)]
    [InlineData("remediation=\"\\u00e9t\\u00e9\\U0001F600\"", true)]
    [InlineData("remediation=\"été\"", false)]
    [InlineData("remediation>\"été\\uff5e\"", true)]
    [InlineData("remediation<\"été\\U0001F601\"", true)]
    [InlineData("resourceUri=https*", true)]
    [InlineData("resourceUri=\"*app\"", true)]
    [InlineData("resourceUri=\"*alpha*\"", true)]
    [InlineData("resourceUri=\"*alpha\"", false)]
    [InlineData("resourceUri=\"https*app\"", false)]
    [InlineData("resourceUri!=\"https*\"", false)]
    [InlineData("resourceUri!=\"ftp*\"", true)]
    [InlineData("resourceUri=\"*\"", true)]
    [InlineData("resourceUri:\"gcr.io\"", true)]
    [InlineData("resourceUri:\"GCR\"", false)]
    [InlineData("resourceUri>=\"https://gcr.io/alpha/app\"", true)]
    [InlineData("resourceUri>\"https://gcr.io/alpha/app\"", false)]
    // A number without quotes stands for itself as it was written.
    [InlineData("build.provenance.projectId=007", true)]
    [InlineData("build.provenance.projectId=7", false)]
    // Parts of names.
    [InlineData("noteProjectId=prov", true)]
    [InlineData("note_project_id!=prov", false)]
    [InlineData("noteId=\"n*\"", true)]
    [InlineData("note_id:*", true)]
    [InlineData("resource_url=resourceUrl", false)]
    [InlineData("has_prefix(noteId, n)", true)]
    [InlineData("NOT has_prefix(resourceUrl, \"https\")", false)]
    [InlineData("has_prefix(resourceUrl, \"*\")", false)]
    // Kinds and other names of enums.
    [InlineData("kind=BUILD", true)]
    [InlineData("kind:BUILD", true)]
    [InlineData("kind!=\"BUILD\"", false)]
    [InlineData("-kind=BUILD", false)]
    [InlineData("NOT kind=IMAGE", true)]
    // Times: any offset, to the nanosecond, beyond what DateTime holds.
    [InlineData("createTime=\"2024-03-01T12:00:00.1234567+02:00\"", true)]
    [InlineData("createTime=\"2024-03-01t10:00:00.12345670z\"", true)]
    [InlineData("createTime>\"2024-03-01T10:00:00.123456699Z\"", true)]
    [InlineData("createTime<\"2024-03-01T10:00:00.123456701Z\"", true)]
    [InlineData("createTime!=\"2024-03-01T10:00:00.123456701Z\"", true)]
    [InlineData("build.provenance.startTime<=\"2024-01-10T10:00:00Z\"", false)]
    [InlineData("build.provenance.startTime>=\"2024-01-10T10:00:00.000000001Z\"", true)]
    [InlineData("createTime>\"0000-01-01T00:00:00Z\"", true)]
    [InlineData("createTime<\"9999-12-31T23:59:59-23:59\"", true)]
    // Nothing set on the way: every comparison is false, != and NOT are true.
    [InlineData("vulnerability.cvssScore<4", false)]
    [InlineData("vulnerability.cvssScore=0", false)]
    [InlineData("vulnerability.cvssScore!=4", true)]
    [InlineData("NOT vulnerability.cvssScore<4", true)]
    [InlineData("updateTime<\"2999-01-01T00:00:00Z\"", false)]
    [InlineData("updateTime!=\"2999-01-01T00:00:00Z\"", true)]
    [InlineData("vulnerability:*", false)]
    [InlineData("build:*", true)]
    [InlineData("build:provenance", true)]
    [InlineData("build:inTotoSlsaProvenanceV1", true)]
    [InlineData("build:provenance_bytes", false)]
    [InlineData("build.provenanceBytes=\"\"", true)]
    [InlineData("envelope.payload:*", true)]
    [InlineData("envelope.signatures:*", false)]
    // Maps.
    [InlineData("build.provenance.buildOptions.machine=n1", true)]
    [InlineData("build.provenance.build_options[\"machine\"]=\"n*\"", true)]
    [InlineData("build.provenance.buildOptions[machine]!=n2", true)]
    [InlineData("build.provenance.buildOptions.none!=n2", true)]
    [InlineData("build.provenance.buildOptions.none=\"\"", false)]
    [InlineData("build.provenance.buildOptions.\"a.b\"=dots", true)]
    [InlineData("build.provenance.buildOptions:\"a.b\"", true)]
    [InlineData("build.provenance.buildOptions:empty", true)]
    [InlineData("build.provenance.buildOptions.empty:*", false)]
    [InlineData("build.provenance.buildOptions:*", true)]
    [InlineData("build.provenance.buildOptions.machine:\"1\"", true)]
    [InlineData("build.provenance.sourceProvenance.fileHashes[\"x\"].fileHash.type=SHA256", true)]
    [InlineData("build.provenance.sourceProvenance.fileHashes.x:fileHash", true)]
    [InlineData("build.provenance.sourceProvenance.fileHashes.y:fileHash", false)]
    // Lists: some element, and with ':' a whole one; != no element.
    [InlineData("build.provenance.commands.name=go", true)]
    [InlineData("build.provenance.commands.name!=go", false)]
    [InlineData("build.provenance.commands.name!=make", true)]
    [InlineData("build.provenance.commands.name:dock", false)]
    [InlineData("build.provenance.commands.name:docker", true)]
    [InlineData("build.provenance.commands.name=dock*", true)]
    [InlineData("build.provenance.commands.name>docker", true)]
    [InlineData("build.provenance.commands.args:\"a*b\"", true)]
    [InlineData("build.provenance.commands.args=test", true)]
    [InlineData("build.provenance.commands.args:*", true)]
    [InlineData("build.provenance.commands:args", true)]
    [InlineData("build.provenance.commands:dir", false)]
    [InlineData("has_prefix(build.provenance.commands.args, te)", true)]
    [InlineData("build.provenance.builtArtifacts:*", false)]
    [InlineData("build.provenance.builtArtifacts.id!=x", true)]
    // What JSON names otherwise than the proto does, and free objects.
    [InlineData("build.inTotoSlsaProvenanceV1._type=\"https://in-toto.io/Statement/v1\"", true)]
    [InlineData("build.in_toto_slsa_provenance_v1.type=\"*/v1\"", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.repo:\"git.example\"", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters[\"depth\"]>3", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.depth=three", false)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.deep.flag=True", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.deep.none=null", false)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.deep:none", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.deep.none:*", false)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters:deep", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.list:x", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.list=7", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.list.k=v", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.externalParameters.list!=8", true)]
    [InlineData("build.inTotoSlsaProvenanceV1.predicate.buildDefinition.internalParameters:*", false)]
    // Lines of terms: OR binds before the blank, and the blank before AND.
    [InlineData("kind=IMAGE AND kind=IMAGE OR kind=BUILD", false)]
    [InlineData("kind=BUILD kind=IMAGE OR noteId=nb", true)]
    [InlineData("kind=BUILD kind=IMAGE", false)]
    [InlineData("-(kind=IMAGE OR noteId=none) (NOT (kind=IMAGE))", true)]
    public void A_build_matches(string filter, bool? expected) => Check(Build, filter, expected);

    [Theory]
    [InlineData("vulnerability.cvssScore=9.8", true)]
    [InlineData("vulnerability.cvssScore>9.8", false)]
    [InlineData("vulnerability.cvssScore>=\"9.8\"", true)]
    [InlineData("vulnerability.cvssScore:9.8", true)]
    [InlineData("vulnerability.cvssScore<1.5e300", true)]
    [InlineData("vulnerability.cvssScore>9", true)]
    [InlineData("vulnerability.cvssScore!=010", true)]
    [InlineData("vulnerability.cvssv3.baseScore=0.1", true)]
    [InlineData("vulnerability.cvssv3.impactScore=0", true)]
    [InlineData("vulnerability.cvssv3.impactScore:*", false)]
    [InlineData("vulnerability.effectiveSeverity!=LOW", true)]
    [InlineData("vulnerability.severity=SEVERITY_UNSPECIFIED", true)]
    [InlineData("vulnerability.severity:*", false)]
    [InlineData("vulnerability.effective_severity:*", true)]
    [InlineData("vulnerability.fixAvailable=TRUE", true)]
    [InlineData("vulnerability.fixAvailable!=\"false\"", true)]
    [InlineData("vulnerability.fixAvailable:true", true)]
    [InlineData("vulnerability.fixAvailable:*", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch=2", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch=0x2", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch>1.5", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch<2.5", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch=2.5", false)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch<9223372036854775807", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.epoch>-1.5e300", true)]
    [InlineData("vulnerability.packageIssue:fixedVersion", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion.kind:NORMAL", true)]
    [InlineData("vulnerability.packageIssue.fixedVersion:*", true)]
    [InlineData("vulnerability.packageIssue.affectedVersion:*", false)]
    [InlineData("remediation=\"\"", true)]
    [InlineData("remediation:*", false)]
    [InlineData("remediation=\"*\"", true)]
    [InlineData("remediation:\"\"", true)]
    [InlineData("noteId=\"\"", false)]
    [InlineData("noteId!=x", true)]
    public void A_scan_matches(string filter, bool expected) => Check(Scan, filter, expected);

    [Fact]
    public void The_empty_filter_matches_everything()
    {
        var blank = ListFilter.Compile(" \t\n", FilterSubject.Occurrences, new FilterLimits());
        Assert.True(blank is { IsEverything: true, IsExact: true, Condition: Condition.Always });
        Assert.True(blank.Matches(Build));
        Assert.False(ListFilter.Compile("kind=BUILD", FilterSubject.Occurrences, new FilterLimits()).IsEverything);
    }

    [Fact]
    public void A_member_of_a_choice_that_was_not_taken_has_no_value()
    {
        var url = new Note { Vulnerability = new VulnerabilityNote() };
        Assert.True(ListFilter.Compile("build.builderVersion!=x AND NOT build:*", FilterSubject.Notes, new FilterLimits()).Matches(url));
        var repo = new RepoId { Uid = "u" };
        var subject = new FilterSubject(RepoId.Descriptor);
        Assert.False(ListFilter.Compile("projectRepoId.projectId=\"\"", subject, new FilterLimits()).Matches(repo));
        Assert.False(ListFilter.Compile("uid=\"\"", subject, new FilterLimits()).Matches(new RepoId()));
        Assert.True(ListFilter.Compile("uid=u", subject, new FilterLimits()).Matches(repo));
    }

    [Fact]
    public void Comparing_texts_allocates_nothing()
    {
        var filter = ListFilter.Compile(
            "resourceUri=\"*alpha*\" AND NOT noteId=none AND has_prefix(name, projects) AND build.provenance.commands.args:test",
            FilterSubject.Occurrences,
            new FilterLimits());
        Assert.True(filter.Matches(Build));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            filter.Matches(Build);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Check(Occurrence occurrence, string filter, bool? expected)
    {
        if (expected is null)
            Assert.Throws<FilterException>(() => ListFilter.Compile(filter, FilterSubject.Occurrences, new FilterLimits()));
        else
            Assert.Equal(expected, ListFilter.Compile(filter, FilterSubject.Occurrences, new FilterLimits()).Matches(occurrence));
    }
}
