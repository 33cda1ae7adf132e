using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>An Any of a type that nobody here knows: kept byte by byte, and readable over REST.</summary>
public sealed class RestAnyTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private const string Unknown = "type.googleapis.com/google.devtools.cloudbuild.v1.Build";
    private const string StructUrl = "type.googleapis.com/google.protobuf.Struct";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> Oddities => new()
    {
        { Unknown, [1, 2, 3] },
        { Unknown, [] },
        { "no slash", [1] },
        { "", [] },
        { StructUrl, [0xFF, 0xFF] },
        { "type.googleapis.com/google.protobuf.Timestamp", new Timestamp { Seconds = long.MaxValue }.ToByteArray() },
        { "type.googleapis.com/google.protobuf.Duration", new Duration { Nanos = -1, Seconds = 1 }.ToByteArray() },
        { "type.googleapis.com/google.protobuf.Value", [] },
        { "type.googleapis.com/google.protobuf.FieldMask", new FieldMask { Paths = { "Bad-Path" } }.ToByteArray() },
        { "type.googleapis.com/google.protobuf.Any", Any.Pack(new Any { TypeUrl = "x/y" }).ToByteArray() },
        { "type.googleapis.com/grafeas.v1.SecretOccurrence", new SecretOccurrence { Data = new Any { TypeUrl = "x/y" } }.ToByteArray() },
        { "type.googleapis.com/google.protobuf.ListValue", new ListValue { Values = { new Value() } }.ToByteArray() },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task It_is_shown_as_a_Struct_and_becomes_what_it_was_when_sent_back(string typeUrl, byte[] value)
    {
        var data = new Any { TypeUrl = typeUrl, Value = ByteString.CopyFrom(value) };
        var stored = await StoreAsync(data);
        var shown = await RestCalls.OkAsync(fixture.Host, HttpMethod.Get, $"/v1/{stored.Name}");
        var any = shown["secret"]!["data"]!;
        Assert.Equal(StructUrl, (string?)any["@type"]);
        Assert.Equal((typeUrl, Convert.ToBase64String(value)), ((string?)any["value"]!["@type"], (string?)any["value"]!["value"]));

        var again = await RestCalls.OkAsync(fixture.Host, HttpMethod.Post, "/v1/projects/any/occurrences", shown.ToJsonString());
        var read = await fixture.Host.Grafeas.GetOccurrenceAsync(new GetOccurrenceRequest { Name = (string)again["name"]! }, cancellationToken: Cancelled);
        Assert.Equal(data, read.Secret.Data);
    }

    [Fact]
    public async Task Bytes_of_an_unknown_type_may_be_sent_under_its_own_name()
    {
        var created = await PostAsync($$"""{"@type":"{{Unknown}}","value":"AQID"}""");
        var read = await ReadAsync(created);
        Assert.Equal(new Any { TypeUrl = Unknown, Value = ByteString.CopyFrom(1, 2, 3) }, read.Secret.Data);
    }

    [Fact]
    public async Task JSON_of_an_unknown_type_is_kept_as_the_JSON_that_it_is()
    {
        var created = await PostAsync($$"""{"@type":"{{Unknown}}","id":"b","steps":[{"args":["x"]}],"none":null}""");
        var kept = (await ReadAsync(created)).Secret.Data.Unpack<Struct>();
        Assert.Equal((Unknown, "b"), (kept.Fields["@type"].StringValue, kept.Fields["id"].StringValue));
        Assert.Equal("x", (string?)created["secret"]!["data"]!["value"]!["steps"]![0]!["args"]![0]);
    }

    [Theory]
    [InlineData("""{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"k":[1,"a",true,null,{"x":{}}]}}""")]
    [InlineData("""{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"s"}""")]
    [InlineData("""{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"2024-03-01T10:00:00Z"}""")]
    [InlineData("""{"@type":"type.googleapis.com/google.protobuf.ListValue","value":[1,2]}""")]
    [InlineData("""{"@type":"type.googleapis.com/grafeas.v1.RelatedUrl","url":"u","label":"l"}""")]
    public async Task A_known_type_is_read_and_shown_in_its_own_form(string any)
    {
        var created = await PostAsync(any);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(any), created["secret"]!["data"]), created.ToJsonString());
    }

    [Fact]
    public async Task The_deepest_value_that_protobuf_carries_can_be_read()
    {
        var value = Value.ForNumber(1);
        for (var i = 0; i < 45; i++)
            value = Value.ForList(value);
        var deep = new Struct { Fields = { ["v"] = value } };
        var stored = await StoreAsync(Any.Pack(deep));
        await RestCalls.OkAsync(fixture.Host, HttpMethod.Get, $"/v1/{stored.Name}");
        await RestCalls.OkAsync(fixture.Host, HttpMethod.Get, "/v1/projects/any/occurrences?pageSize=1000");
    }

    [Fact]
    public async Task Numbers_that_JSON_lacks_are_shown_by_name()
    {
        var note = new Note { Vulnerability = new VulnerabilityNote { CvssScore = float.NaN } };
        note.Vulnerability.Details.Add(new VulnerabilityNote.Types.Detail { AffectedCpeUri = "c", AffectedPackage = "p" });
        await fixture.Host.Grafeas.CreateNoteAsync(new CreateNoteRequest { Parent = "projects/nan", NoteId = "n", Note = note }, cancellationToken: Cancelled);
        Assert.Equal("NaN", (string?)(await RestCalls.OkAsync(fixture.Host, HttpMethod.Get, "/v1/projects/nan/notes/n"))["vulnerability"]!["cvssScore"]);
    }

    private async Task<string> NoteAsync()
    {
        const string Name = "projects/any/notes/n";
        var notes = await fixture.Host.Grafeas.ListNotesAsync(new ListNotesRequest { Parent = "projects/any" }, cancellationToken: Cancelled);
        if (notes.Notes.Count > 0)
            return Name;
        await fixture.Host.Grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/any", NoteId = "n", Note = new Note { Secret = new SecretNote() } }, cancellationToken: Cancelled);
        return Name;
    }

    private async Task<Occurrence> StoreAsync(Any data)
    {
        var occurrence = new Occurrence { NoteName = await NoteAsync(), ResourceUri = "r", Secret = new SecretOccurrence { Data = data } };
        return await fixture.Host.Grafeas.CreateOccurrenceAsync(
            new CreateOccurrenceRequest { Parent = "projects/any", Occurrence = occurrence }, cancellationToken: Cancelled);
    }

    private async Task<JsonNode> PostAsync(string any) => await RestCalls.OkAsync(
        fixture.Host, HttpMethod.Post, "/v1/projects/any/occurrences", $$$"""{"resourceUri":"r","noteName":"{{{await NoteAsync()}}}","secret":{"data":{{{any}}}}}""");

    private async Task<Occurrence> ReadAsync(JsonNode created) => await fixture.Host.Grafeas.GetOccurrenceAsync(
        new GetOccurrenceRequest { Name = (string)created["name"]! }, cancellationToken: Cancelled);
}
