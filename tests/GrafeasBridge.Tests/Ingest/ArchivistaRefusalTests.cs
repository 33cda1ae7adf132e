using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>What the Archivista dialect refuses, in which words.</summary>
public sealed class ArchivistaRefusalTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static readonly string Digest = Envelopes.Sha256("web");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Envelopes400 => new()
    {
        { "", "The body is not JSON that can be read (line 1, byte 1): it may be cut off, or nested more than 64 deep" },
        { "--boundary\r\nContent-Disposition: form-data", "The body is not JSON that can be read (line 1, byte 2)" },
        { "{\"payload\":\"e30=\"", "The body is not JSON that can be read (line 1, byte 18)" },
        { "[]", "The body must be a DSSE envelope: an object with payload, payloadType and signatures" },
        { "{}", "payload is required; payloadType is required; signatures needs at least one element" },
        { "{\"payload\":7,\"payloadType\":[],\"signatures\":{}}", "payload must be a text; payloadType must be a text; signatures must be a list" },
        { "{\"payload\":\"\",\"payloadType\":\"text/plain\",\"signatures\":[]}", "payload is required; payloadType is 'text/plain'; only application/vnd.in-toto+json is understood; signatures needs at least one element" },
        { "{\"payload\":\"e30\",\"payload\":\"e30=\"}", "payload is given twice" },
        { "{\"a\":[{\"b\":{\"c\":1,\"c\":2}}]}", "a[0].b.c is given twice" },
        { "{\"payload\":\"\\ud800\"}", "payload holds half a character (a lone surrogate)" },
        {
            "{\"payload\":\"%%\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"e30=\"},{},7,{\"sig\":\"!\",\"keyid\":1}]}",
            "payload is not base64; signatures[1].sig is required; signatures[2] must be an object with sig; signatures[3].sig is not base64; signatures[3].keyid must be a text"
        },
    };

    public static TheoryData<string, string> Statements400 => new()
    {
        { "7", "payload must be an in-toto statement: an object with _type, subject, predicateType and predicate" },
        { "{\"bomFormat\":\"CycloneDX\"}", "payload._type is required; payload.predicateType is required; payload.subject needs at least one element" },
        { "{\"_type\":\"link\",\"predicateType\":\"x\",\"subject\":{}}", "payload._type is 'link'; an in-toto statement has https://in-toto.io/Statement/v0.1 or https://in-toto.io/Statement/v1; payload.subject must be a list" },
        { With("\"subject\":[]"), "payload.subject needs at least one element" },
        { With("\"subject\":null"), "payload.subject needs at least one element" },
        { With("\"subject\":[{\"name\":\"a\",\"digest\":{\"sha1\":\"aa\"}},{\"name\":\"b\"}]"), "payload.subject holds no element with a name and a digest of sha256, sha512 or sha384, so nothing can be said of anything" },
        { With("\"subject\":[{\"name\":\"a\",\"digest\":{\"sha256\":\"foo\"}}]"), "payload.subject[0].digest[sha256] must be 64 hexadecimal digits" },
        { With("\"subject\":[{\"name\":7,\"digest\":[]},\"b\"]"), "payload.subject[0].name must be a text; payload.subject[0].digest must be an object; payload.subject[1] must be an object" },
        { With("\"subject\":[{\"name\":\"a\",\"name\":\"b\"}]"), "payload.subject[0].name is given twice" },
        { With($"\"subject\":[{{\"name\":\"a/b@sha256:{new string('0', 64)}\",\"digest\":{{\"sha256\":\"{Digest}\"}}}}]"), $"payload.subject[0].name ends in the digest sha256:{new string('0', 64)}, but the subject's is sha256:{Digest}" },
        { With($"\"subject\":[{{\"name\":\"{new string('n', 9000)}\",\"digest\":{{\"sha256\":\"{Digest}\"}}}}]"), "payload.subject[0].name has 9000 characters; at most 8192 are allowed with the digest" },
        { With($"\"subject\":[{{\"name\":\"a\",\"digest\":{{\"sha256\":\"{Digest}\"}}}}],\"predicate\":[]", "https://slsa.dev/provenance/v1"), "payload.predicate must be an object" },
        { With($"\"subject\":[{{\"name\":\"a\",\"digest\":{{\"sha256\":\"{Digest}\"}}}}]", "https://slsa.dev/provenance/v0.1"), "payload.predicate is required" },
        { "{\"_type\":", "payload is not JSON that can be read (line 1, byte 10)" },
    };

    [Theory]
    [MemberData(nameof(Envelopes400))]
    public async Task A_bad_envelope_is_refused_with_its_field(string body, string sentence) =>
        Assert.StartsWith(sentence, await RefusedAsync(HttpStatusCode.BadRequest, Encoding.UTF8.GetBytes(body)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Statements400))]
    public async Task A_payload_that_is_no_statement_is_refused_with_its_field(string payload, string sentence) =>
        Assert.StartsWith(
            sentence,
            await RefusedAsync(HttpStatusCode.BadRequest, Envelopes.Bytes(Envelopes.New(Encoding.UTF8.GetBytes(payload)))),
            StringComparison.Ordinal);

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused() =>
        Assert.Equal("The body is not UTF-8", await RefusedAsync(HttpStatusCode.BadRequest, [(byte)'{', 0xff, (byte)'}']));

    [Theory]
    [InlineData("GET", "upload", "GET is not what /upload takes; use POST")]
    [InlineData("PUT", "v1/upload", "PUT is not what /v1/upload takes; use POST")]
    [InlineData("POST", "download/x", "POST is not what /download/x takes; use GET")]
    [InlineData("DELETE", "archivista/download/x", "DELETE is not what /archivista/download/x takes; use GET")]
    public async Task A_wrong_method_is_400_with_a_sentence(string method, string path, string sentence) =>
        Assert.Equal(sentence, await Client().RefusedAsync(HttpStatusCode.BadRequest, new HttpMethod(method), path));

    [Theory]
    [InlineData("unheard")]
    [InlineData("4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a")]
    public async Task An_unknown_id_is_404(string gitoid) =>
        Assert.Equal($"There is no upload '{gitoid}'.", await Client().RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "download/" + gitoid));

    [Fact]
    public async Task A_body_over_the_limit_is_413_with_both_figures()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxMessageBytes=65536"]);
        Assert.Equal(
            "The body has 70000 bytes; at most 65536 are allowed (Ingest:MaxMessageBytes).",
            await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, new byte[70000], host));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "upload") { Content = new StreamContent(new MemoryStream(new byte[70000])) };
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await host.Rest.SendAsync(chunked, Cancelled);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("The body has more than 65536 bytes; at most 65536 are allowed (Ingest:MaxMessageBytes).\n", await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task A_packed_body_is_refused_as_such()
    {
        await using var host = await IngestHost.StartAsync(Cancelled);
        using var packed = new HttpRequestMessage(HttpMethod.Post, "upload") { Content = new ByteArrayContent([0x1f, 0x8b]) };
        packed.Content.Headers.ContentEncoding.Add("gzip");
        using var answer = await host.Rest.SendAsync(packed, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("content-encoding is 'gzip'; send the body as it is\n", await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Too_many_subjects_are_refused_with_limit_and_value()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxBatch=3"]);
        var statement = Envelopes.Statement("x", new JsonObject(), [.. Enumerable.Range(0, 4).Select(i => ($"h.example/{i}", Digest))]);
        Assert.Equal(
            "payload.subject holds 4 elements; at most 3 are allowed (Ingest:MaxBatch)",
            await RefusedAsync(HttpStatusCode.BadRequest, Envelopes.Sign(statement), host));
        ((JsonArray)statement["subject"]!).RemoveAt(3);
        await Client(host).StoreAsync(Envelopes.Sign(statement));
    }

    [Fact]
    public async Task An_upload_whose_occurrences_would_weigh_too_much_is_refused_with_limit_and_value()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Archivista:MaxStoredBytes=1048576"]);
        var statement = Envelopes.Statement(
            "x", new JsonObject { ["long"] = new string('x', 200_000) }, [.. Enumerable.Range(0, 10).Select(i => ($"h.example/{i}", Digest))]);
        var sentence = await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, Envelopes.Sign(statement), host);
        Assert.Matches("^payload.subject names 10 subjects, .* [0-9]{7} bytes; at most 1048576 are allowed \\(Archivista:MaxStoredBytes\\)\\.$", sentence);
        Assert.Equal("{}", (await RestCalls.OkAsync(host, HttpMethod.Get, "/v1/projects/archivista/occurrences")).ToJsonString());
    }

    [Fact]
    public async Task An_occurrence_that_no_list_could_show_is_refused_with_limit_and_value()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxMessageBytes=100000"]);
        var statement = Envelopes.Statement("x", new JsonObject { ["long"] = new string('x', 60_000) }, ("h.example/a", Digest));
        Assert.Matches(
            "^payload.subject\\[0\\] would become an occurrence of 12[0-9]{4} bytes; at most 100000 are allowed \\(Ingest:MaxMessageBytes\\)\\.$",
            await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, Envelopes.Sign(statement), host));
    }

    [Fact]
    public async Task A_resource_that_names_no_version_is_refused_when_those_are()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:RefuseUnmapped=true"]);
        var statement = Envelopes.Statement("x", new JsonObject(), ("a", Digest), ("https://bintray.com/docs/api", Digest), ("pkg:npm/x@1", Digest));
        ((JsonArray)statement["subject"]!).Insert(0, JsonNode.Parse("""{ "name": "s", "digest": { "sha1": "aa" } }"""));
        var sentence = await RefusedAsync(HttpStatusCode.BadRequest, Envelopes.Sign(statement), host);
        Assert.Contains("payload.subject[2].resource_uri names no version", sentence, StringComparison.Ordinal);
        Assert.Contains("(Ingest:RefuseUnmapped is on)", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Overloaded", 1)]
    [InlineData("Unavailable", 5)]
    public async Task A_store_that_cannot_now_is_503_and_says_when_to_try_again(string failure, int seconds)
    {
        await using var host = await BrokenAsync(new StoreException(Enum.Parse<StoreFailure>(failure), "later, please"));
        foreach ((var method, var path) in new[] { (HttpMethod.Post, "upload"), (HttpMethod.Get, "download/" + Digest) })
        {
            using var answer = await Client(host).SendAsync(method, path, method == HttpMethod.Post ? Good() : null);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(seconds), answer.Headers.RetryAfter!.Delta);
            Assert.Equal("later, please\n", await answer.Content.ReadAsStringAsync(Cancelled));
        }

        // Of too many one line is enough for a while; the other is worth a line each.
        var overloaded = failure == nameof(StoreFailure.Overloaded);
        Assert.Equal(overloaded ? 1 : 2, host.Logs.Entries.Count(entry => entry.Event.Name == (overloaded ? "Overloaded" : "ArchivistaStoreRefused")));
    }

    [Theory]
    [InlineData(true, "ArchivistaStoreBroken")]
    [InlineData(false, "ArchivistaStrayException")]
    public async Task What_an_operator_must_see_is_in_the_log_and_not_in_the_answer(bool broken, string logged)
    {
        await using var host = await BrokenAsync(broken ? new StoreException(StoreFailure.Broken, "secret page 17") : new InvalidTimeZoneException("secret"));
        host.Logs.Expect(entry => entry.Event.Name == logged);
        var sentence = await RefusedAsync(HttpStatusCode.InternalServerError, Good(), host);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
        Assert.Single(host.Logs.Entries, entry => entry.Event.Name == logged);
    }

    [Fact]
    public async Task A_dialect_that_is_switched_off_is_not_there()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Archivista:Enabled=false"]);
        using var answer = await Client(host).SendAsync(HttpMethod.Post, "v1/upload", Good());
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("Archivista:Project=a/b", "Archivista:Project ('a/b') must not contain '/'.")]
    [InlineData("Archivista:BuildNote=", "Archivista:BuildNote ('') is required.")]
    [InlineData("Archivista:BuildNote=archivista-attestation", "Archivista:BuildNote and Archivista:AttestationNote are both 'archivista-attestation'")]
    [InlineData("Archivista:MaxStoredBytes=7", "MaxStoredBytes")]
    public async Task A_wrong_setting_stops_the_start(string setting, string sentence)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => BridgeHost.StartAsync(setting));
        Assert.Contains(wrong.Failures, failure => failure.Contains(sentence, StringComparison.Ordinal));
    }

    private static string With(string members, string predicateType = "https://example.com/p") =>
        $"{{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"{predicateType}\",{members}}}";

    private static byte[] Good() => Envelopes.Sign(Envelopes.Tekton("gcr.io/a/b", Digest));

    private ArchivistaClient Client() => Client(fixture.Host);

    private static ArchivistaClient Client(IngestHost host) => new(host.Rest, host.Rest.BaseAddress!.ToString());

    private Task<string> RefusedAsync(HttpStatusCode status, byte[] body) => RefusedAsync(status, body, fixture.Host);

    private static Task<string> RefusedAsync(HttpStatusCode status, byte[] body, IngestHost host) =>
        Client(host).RefusedAsync(status, HttpMethod.Post, "upload", body);

    private static Task<IngestHost> BrokenAsync(Exception failure) => IngestHost.StartAsync(Cancelled, adjust: services =>
    {
        var store = services.Last(service => service.ServiceType == typeof(IBridgeStore));
        services.AddSingleton(provider => UnwillingStore.Over((IBridgeStore)store.ImplementationFactory!(provider), failure));
    });
}

/// <summary>The real store, but it refuses occurrences and uploads.</summary>
public class UnwillingStore : DispatchProxy
{
    private IBridgeStore? store;
    private Exception? failure;

    internal static IBridgeStore Over(IBridgeStore store, Exception failure)
    {
        var proxy = Create<IBridgeStore, UnwillingStore>();
        ((UnwillingStore)(object)proxy).store = store;
        ((UnwillingStore)(object)proxy).failure = failure;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IBridgeStore.AddOccurrencesAsync) => Task.FromException<IReadOnlyList<AddedOccurrence>>(failure!),
        nameof(IBridgeStore.FindUploadAsync) => Task.FromException<byte[]?>(failure!),
        _ => targetMethod.Invoke(store, args),
    };
}
