using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Ingest.Archivista;
using GrafeasBridge.Tests.Support;
using Statement = GrafeasBridge.Ingest.Archivista.Statement;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Envelopes and statements, from bytes to the words of Grafeas.</summary>
public sealed class ArchivistaReadingTests
{
    // Hand-edited by the verifier that they test: the payload is cut, or says something else than the readable form.
    private static readonly string[] Edited =
    [
        "gcb.v1.0-gcloud-container-github-v0.1-valid.0.slsa1.0",
        "gcb.v1.0-gcloud-container-github-inline.0.slsa1.0",
        "gcb.v1.0-gcloud-container-gitlab.0.slsa1.0",
        "gcb.gcloud-container-tag-notstring.0.slsa0.1",
    ];

    public static TheoryData<string> FromGoogle => [.. Envelopes.Real.Keys.Where(name => name.StartsWith("gcb.", StringComparison.Ordinal) && !Edited.Contains(name))];

    [Theory]
    [MemberData(nameof(FromGoogle))]
    public void What_Google_signed_is_read_as_Google_shows_it(string name)
    {
        var occurrence = Envelopes.Real[name];
        var envelope = DsseEnvelopeReader.Read(Envelopes.Bytes(occurrence["envelope"]!));
        Assert.Equal(WireJson.Read(occurrence["envelope"]!.DeepClone(), Envelope.Descriptor), envelope.Value);

        var statement = Read(envelope.Value!.Payload.ToByteArray()).Value!;
        var shown = (BuildOccurrence)WireJson.Read(occurrence["build"]!.DeepClone(), BuildOccurrence.Descriptor);
        Assert.Equal(shown.InTotoSlsaProvenanceV1, statement.Build!.InTotoSlsaProvenanceV1);
        Assert.Equal(shown.IntotoStatement, WithoutType(statement.Build.IntotoStatement));
        Assert.All(statement.Subjects, subject => Assert.Matches("@sha256:[0-9a-f]{64}$", subject.ResourceUri));
    }

    [Fact]
    public void A_payload_that_was_cut_is_refused_with_the_place()
    {
        var envelope = DsseEnvelopeReader.Read(Envelopes.Bytes(Envelopes.Real[Edited[0]]["envelope"]!));
        var problem = Assert.Single(Read(envelope.Value!.Payload.ToByteArray()).Problems);
        Assert.Equal("payload", problem.Field);
        Assert.Contains("line 1, byte 2025", problem.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gcr.io/foo/bar", "gcr.io/foo/bar@sha256:D")]
    [InlineData("gcr.io/foo/bar:1.0", "gcr.io/foo/bar:1.0@sha256:D")]
    [InlineData("gcr.io/foo/bar@sha256:D", "gcr.io/foo/bar@sha256:D")]
    [InlineData("git@host:path", "git@host:path@sha256:D")]
    [InlineData("pkg:maven/com.acme/app@1.0", "pkg:maven/com.acme/app@1.0?checksum=sha256:D")]
    [InlineData("pkg:maven/com.acme/app@1.0?type=jar#sub", "pkg:maven/com.acme/app@1.0?type=jar&checksum=sha256:D#sub")]
    [InlineData("pkg:maven/com.acme/app@1.0?checksum=sha1:aa", "pkg:maven/com.acme/app@1.0?checksum=sha1:aa")]
    [InlineData("pkg:docker/team/web@1.4.0?repository_url=host", "pkg:docker/team/web@1.4.0?repository_url=host&checksum=sha256:D")]
    [InlineData("pkg:oci/web?repository_url=host/team/web", "pkg:oci/web@sha256:D?repository_url=host/team/web")]
    [InlineData("pkg:oci/web@sha256:D", "pkg:oci/web@sha256:D")]
    public void A_subject_is_named_by_name_and_digest(string name, string resource)
    {
        var digest = Envelopes.Sha256("x");
        var statement = Read(Encoding.UTF8.GetBytes(Envelopes.Tekton(name.Replace(":D", ":" + digest, StringComparison.Ordinal), digest).ToJsonString())).Value!;
        Assert.Equal(resource.Replace(":D", ":" + digest, StringComparison.Ordinal), Assert.Single(statement.Subjects).ResourceUri);
    }

    [Fact]
    public void Subjects_without_a_digest_of_content_stay_in_the_statement_and_are_no_resource()
    {
        var json = Envelopes.Witness("bin/web", Envelopes.Sha256("web").ToUpperInvariant());
        var subjects = (JsonArray)json["subject"]!;
        subjects.Add(JsonNode.Parse($$"""{ "name": "b", "digest": { "sha512": "{{new string('a', 128)}}", "gitoid:sha1": "gitoid:blob:sha1:aa" } }"""));
        subjects.Add(JsonNode.Parse($$"""{ "uri": "https://c.example/c", "digest": { "sha256": "{{Envelopes.Sha256("c")}}" } }"""));
        subjects.Add(JsonNode.Parse($$"""{ "digest": { "sha256": "{{Envelopes.Sha256("d")}}" } }"""));
        subjects.Add(subjects[0]!.DeepClone());
        var statement = Read(Encoding.UTF8.GetBytes(json.ToJsonString())).Value!;
        Assert.Equal(
            [
                new StatementSubject(0, "https://witness.dev/attestations/product/v0.1/file:bin/web@sha256:" + Envelopes.Sha256("web")),
                new StatementSubject(2, "b@sha512:" + new string('a', 128)),
                new StatementSubject(3, "https://c.example/c@sha256:" + Envelopes.Sha256("c")),
            ],
            statement.Subjects);
        Assert.Null(statement.Build);
        Assert.Equal(6, statement.Other!.Subject.Count);
        Assert.Equal("gitoid:blob:sha1:aa", statement.Other.Subject[2].Digest["gitoid:sha1"]);
    }

    [Fact]
    public void What_is_read_as_deep_as_allowed_can_be_stored_and_read_again()
    {
        JsonObject Deep(int depth)
        {
            var json = Envelopes.Tekton("gcr.io/a/b", Envelopes.Sha256("x"));
            JsonNode nest = "end";
            for (var i = 0; i < depth; i++)
                nest = new JsonObject { ["in"] = nest };
            json["predicate"]!["buildConfig"] = nest;
            return json;
        }

        var statement = Read(Encoding.UTF8.GetBytes(Deep(OpenJson.MaxDepth).ToJsonString())).Value!;
        var list = new ListOccurrencesResponse { Occurrences = { new Occurrence { Build = statement.Build } } };
        Assert.Equal(list, ListOccurrencesResponse.Parser.ParseFrom(list.ToByteArray()));

        var problem = Assert.Single(Read(Encoding.UTF8.GetBytes(Deep(OpenJson.MaxDepth + 1).ToJsonString())).Problems);
        Assert.Equal(("payload.predicate.buildConfig", "is nested more than 28 deep"), (problem.Field, problem.Sentence));
    }

    [Fact]
    public void Members_that_the_schema_lacks_are_no_error_and_contradicting_ones_are()
    {
        var json = Envelopes.Tekton("gcr.io/a/b", Envelopes.Sha256("x"));
        json["predicate"]!["builder"]!["operator"] = new JsonArray(1, 2);
        Assert.True(Read(Encoding.UTF8.GetBytes(json.ToJsonString())).IsGood);

        json["predicate"]!["builder"]!["id"] = 7;
        json["predicate"]!["metadata"]!["buildStartedOn"] = "yesterday";
        json["predicate"]!["metadata"]!["completeness"]!["parameters"] = "true";
        json["predicate"]!["materials"]![1] = "oci://gcr.io/kaniko";
        Assert.Equal(
            [
                "payload.predicate.builder.id must be a text",
                "payload.predicate.metadata.buildStartedOn is no time such as 2024-03-01T10:00:00Z",
                "payload.predicate.metadata.completeness.parameters must be true or false",
                "payload.predicate.materials[1] must be an object",
            ],
            Read(Encoding.UTF8.GetBytes(json.ToJsonString())).Problems.Select(p => $"{p.Field} {p.Sentence}"));
    }

    [Fact]
    public void Whatever_the_bytes_reading_gives_a_value_or_problems()
    {
        var good = Envelopes.Sign(Envelopes.Witness("bin/web", Envelopes.Sha256("web")));
        var statement = Encoding.UTF8.GetBytes(Envelopes.Tekton("gcr.io/a/b", Envelopes.Sha256("x")).ToJsonString());
        var change = Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte, Gen.Int[0, 3]).Array[1, 6];
        var pieces = Gen.OneOf([.. new[] { "{", "}", "[", "]", ",", ":", "\"\\ud800\"", "\"payload\"", "\"subject\"", "\"predicate\"", "null", "1e999", "\"a\"", "\u0000" }.Select(Gen.Const)]);
        Gen.Select(change, pieces.Array[0, 40]).Sample((changes, text) =>
        {
            foreach (var bytes in new[] { Changed(good, changes), Changed(statement, changes), Encoding.UTF8.GetBytes(string.Concat(text)) })
            {
                var envelope = DsseEnvelopeReader.Read(bytes);
                var read = Read(bytes);
                Assert.Equal(envelope.IsGood, envelope.Problems.Count == 0);
                Assert.Equal(read.IsGood, read.Problems.Count == 0);
            }
        }, iter: PropertyRuns.Of(3000));
    }

    private static Reading<Statement> Read(byte[] payload) => InTotoStatementReader.Read(payload, maxSubjects: 1000);

    private static byte[] Changed(byte[] bytes, (int At, byte Value, int How)[] changes)
    {
        var changed = bytes.ToList();
        foreach ((var at, var value, var how) in changes)
        {
            var place = at % changed.Count;
            if (how == 0)
                changed[place] = value;
            else if (how == 1)
                changed.Insert(place, value);
            else if (how == 2 && changed.Count > 1)
                changed.RemoveAt(place);
            else
                changed.RemoveRange(place, changed.Count - place - (place == 0 ? 1 : 0));
            if (changed.Count == 0)
                changed.Add(value);
        }

        return [.. changed];
    }

    // The readable form leaves the type of the Any out of its fields, and so do we to compare.
    private static InTotoStatement? WithoutType(InTotoStatement? statement)
    {
        if (statement?.SlsaProvenance?.Recipe?.Arguments is { } arguments)
        {
            var fields = arguments.Unpack<Struct>();
            fields.Fields.Remove("@type");
            statement.SlsaProvenance.Recipe.Arguments = Any.Pack(fields);
        }

        return statement;
    }
}
