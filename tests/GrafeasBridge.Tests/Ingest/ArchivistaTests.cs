using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Grafeas.V1;
using GrafeasBridge.Ingest.Archivista;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Uploads in the Archivista dialect, through the front door of the whole service.</summary>
public sealed class ArchivistaTests
{
    private const string Image = "acme-docker-images.bintray.io/team/web:1.4.0";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/archivista")]
    [InlineData("/archivista/v1")]
    public async Task Its_client_stores_and_gets_back_the_same_bytes_with_any_prefix(string prefix)
    {
        await using var host = await BridgeHost.StartAsync();
        var client = new ArchivistaClient(host.Rest, host.Rest.BaseAddress!.ToString().TrimEnd('/') + prefix);
        byte[] envelope = [.. "  \n"u8, .. Envelopes.Sign(Envelopes.Tekton(Image, Envelopes.Sha256("web"))), .. "\n"u8];
        var gitoid = await client.StoreAsync(envelope);
        Assert.Equal(GitBlob(envelope), gitoid);
        Assert.Equal(envelope, await client.DownloadAsync(gitoid));

        var occurrence = Assert.Single(await OccurrencesAsync(host));
        Assert.Equal($"{Image}@sha256:{Envelopes.Sha256("web")}", occurrence.ResourceUri);
        Assert.Equal((NoteKind.Build, "projects/archivista/notes/archivista-build"), (occurrence.Kind, occurrence.NoteName));
        Assert.Equal(DsseEnvelopeReader.Read(envelope).Value, occurrence.Envelope);
    }

    [Fact]
    public async Task What_Tekton_Chains_signed_becomes_attributes_in_the_repository()
    {
        await using var host = await BridgeHost.StartAsync();
        await Client(host).StoreAsync(Envelopes.Sign(Envelopes.Tekton(Image, Envelopes.Sha256("web"))));
        var attributes = await EmulatorAttributes.OfAsync(host, "acme/images/team:web/1.4.0");
        Assert.Equal("https://tekton.dev/chains/v2", attributes["builder.id"]);
        Assert.Equal("tekton.dev/v1/TaskRun", attributes["build.type"]);
        Assert.Equal("2024-03-01T10:04:00.000Z", attributes["build.finished"]);
        Assert.Equal("https://git.example.com/team/web.git", attributes["vcs.url"]);
        Assert.Equal("2ce3f90facdb51aeb950d5bc641e981be61fdf48", attributes["vcs.revision"]);
        Assert.Equal("sha256:" + Envelopes.Sha256("web"), attributes["artifact.digest"]);
        Assert.Equal("slsa-0.2", attributes["provenance.format"]);
        Assert.Equal("true", attributes["provenance.signed"]);
        Assert.StartsWith("SHA256:", attributes["provenance.key"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gcb.cli.v0.3.gcloud-container-github-tag.0.slsa0.1", "slsa-tooling/example-package-repo/e2e-gcb-tag-main-annotated-slsa3/latest", "slsa-0.1", "c750fd73a1669b095df7c74da9f1ff2032f926c9")]
    [InlineData("gcb.v1.0-gcloud-container-bb.0.slsa1.0", "argo-local-khalk/khalk-docker-ar/gle-2ndgen/latest", "slsa-1.0", null)]
    public async Task What_Google_Cloud_Build_signed_becomes_attributes_in_the_repository(string name, string version, string format, string? revision)
    {
        await using var host = await BridgeHost.StartAsync();
        var envelope = Envelopes.Bytes(Envelopes.Real[name]["envelope"]!);
        await Client(host).StoreAsync(envelope);
        // The untagged and the tagged name, each with an occurrence of its own.
        Assert.Equal(2, (await OccurrencesAsync(host)).Count);
        var attributes = await EmulatorAttributes.OfAsync(host, version);
        Assert.Equal(format, attributes["provenance.format"]);
        Assert.Contains("cloudbuild.googleapis.com", attributes["builder.id"], StringComparison.Ordinal);
        if (revision is not null)
            Assert.Equal(revision, attributes["vcs.revision"]);
    }

    [Fact]
    public async Task What_Tekton_Chains_tests_with_is_stored_for_every_subject_with_its_envelope()
    {
        var occurrence = Envelopes.Real["tekton-chains.v2alpha4.img4"];
        var statement = JsonNode.Parse(Convert.FromBase64String((string)occurrence["envelope"]!["payload"]!))!;
        statement["_type"] = "https://in-toto.io/Statement/v0.1";
        statement["predicateType"] = "https://slsa.dev/provenance/v0.2";
        statement["predicate"] = new JsonObject { ["builder"] = new JsonObject { ["id"] = "" }, ["buildType"] = "", ["invocation"] = new JsonObject { ["configSource"] = new JsonObject() }, ["materials"] = null };
        await using var host = await BridgeHost.StartAsync();
        await Client(host).StoreAsync(Envelopes.Sign(statement));
        var stored = await OccurrencesAsync(host);
        Assert.Equal(
            ["gcr.io/img1", "gcr.io/img4", "gcr.io/img3"],
            stored.Select(o => o.ResourceUri.Split('@')[0]));
        var shown = (BuildOccurrence)WireJson.Read(occurrence["build"]!.DeepClone(), BuildOccurrence.Descriptor);
        Assert.All(stored, o => Assert.Equal(shown.IntotoStatement.Subject, o.Build.IntotoStatement.Subject));
        Assert.All(stored, o => Assert.Equal(shown.IntotoStatement.SlsaProvenanceZeroTwo, o.Build.IntotoStatement.SlsaProvenanceZeroTwo));
        Assert.All(stored, o => Assert.Equal(statement.ToJsonString(), o.Envelope.Payload.ToStringUtf8()));
    }

    [Fact]
    public async Task What_witness_attested_becomes_an_attestation_of_the_product()
    {
        await using var host = await BridgeHost.StartAsync();
        var digest = Envelopes.Sha256("web");
        await Client(host).StoreAsync(Envelopes.Sign(Envelopes.Tekton(Image, digest)));
        await Client(host).StoreAsync(Envelopes.Sign(Envelopes.Witness("bin/web", digest)));
        var attestation = Assert.Single(await OccurrencesAsync(host), o => o.Kind == NoteKind.DsseAttestation);
        Assert.Equal("https://witness.dev/attestations/product/v0.1/file:bin/web@sha256:" + digest, attestation.ResourceUri);
        Assert.Equal(attestation.Envelope, attestation.DsseAttestation.Envelope);
        Assert.Equal(2, attestation.DsseAttestation.Statement.Subject.Count);
        Assert.Equal("https://witness.testifysec.com/attestation-collection/v0.1", attestation.DsseAttestation.Statement.PredicateType);
        var attributes = await EmulatorAttributes.OfAsync(
            host, "acme/images/team:web/1.4.0", carried => carried.ContainsKey("attestation.authority"));
        Assert.Equal("projects/archivista/notes/archivista-attestation", attributes["attestation.authority"]);
        Assert.Equal("https://tekton.dev/chains/v2", attributes["builder.id"]);
    }

    [Fact]
    public async Task The_same_bytes_are_stored_once_however_often_and_wherever_they_race()
    {
        using var folder = new TemporaryFolder();
        var envelope = Envelopes.Sign(Envelopes.Tekton(Image, Envelopes.Sha256("web")));
        await using (var host = await BridgeHost.StartInAsync(folder.Path))
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => Client(host).StoreAsync(envelope)));
            Assert.Equal(GitBlob(envelope), Assert.Single(ids.Distinct()));
            Assert.Single(await OccurrencesAsync(host));
        }

        await using (var host = await BridgeHost.StartInAsync(folder.Path, "Archivista:BuildNote=another"))
        {
            Assert.Equal(envelope, await Client(host).DownloadAsync(GitBlob(envelope)));
            Assert.Equal(GitBlob(envelope), await Client(host).StoreAsync(envelope));
            Assert.Single(await OccurrencesAsync(host));
        }
    }

    [Fact]
    [RunIn(LongerRun.Default)]
    public async Task An_answered_upload_survives_a_kill()
    {
        using var folder = new TemporaryFolder();
        var ports = ServiceProcess.FreePorts(3);
        var url = new Uri($"http://127.0.0.1:{ports[1]}/");
        await using var bridge = await ServiceProcess.StartAsync(
            "GrafeasBridge.dll",
            new Uri(url, "readyz"),
            [.. BridgeHost.Settings(folder.Path, [$"Listen:Grpc=http://127.0.0.1:{ports[0]}", $"Listen:Http=http://127.0.0.1:{ports[1]}", $"Emulator:Listen=http://127.0.0.1:{ports[2]}"])]);
        using var http = new HttpClient();
        var client = new ArchivistaClient(http, url.ToString());
        byte[][] envelopes = [.. Enumerable.Range(0, 20).Select(i => Envelopes.Sign(Envelopes.Tekton(Image, Envelopes.Sha256($"{i}"))))];
        var ids = await Task.WhenAll(envelopes.Select(client.StoreAsync));
        await bridge.KillAsync();
        await bridge.RestartAsync();
        for (var i = 0; i < ids.Length; i++)
            Assert.Equal(envelopes[i], await client.DownloadAsync(ids[i]));
        var list = await http.GetStringAsync(new Uri(url, "v1/projects/archivista/occurrences?pageSize=100"), Cancelled);
        Assert.Equal(20, JsonNode.Parse(list)!["occurrences"]!.AsArray().Select(o => (string)o!["resourceUri"]!).Distinct().Count());
    }

    [Fact]
    public async Task The_key_in_the_URL_says_who_may()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("ci:send:archivista", "reader:read:archivista", "stranger:send,read:other"), Cancelled);
        await using var host = await BridgeHost.StartInAsync(folder.Path, $"Access:KeysFile={folder.File("keys.json")}");
        var envelope = Envelopes.Sign(Envelopes.Tekton(Image, Envelopes.Sha256("web")));
        ArchivistaClient As(string name) => new(host.Rest, $"http://{name}:{Keys.Of(name)}@127.0.0.1:{host.Rest.BaseAddress!.Port}/archivista");
        var gitoid = await As("ci").StoreAsync(envelope);
        Assert.Equal(envelope, await As("reader").DownloadAsync(gitoid));
        Assert.Contains("'send' in project 'archivista'", await As("reader").RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "upload", envelope), StringComparison.Ordinal);
        Assert.Contains("'read' in project 'archivista'", await As("ci").RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "download/" + gitoid), StringComparison.Ordinal);
        // Refused before the body is looked at.
        await As("stranger").RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "upload", "not JSON"u8.ToArray());
        using var unknown = await Client(host).SendAsync(HttpMethod.Post, "upload", envelope);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact]
    public async Task Project_and_notes_are_settings_and_a_note_that_is_there_is_used()
    {
        await using var host = await BridgeHost.StartAsync("Archivista:Project=team", "Archivista:BuildNote=chains");
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(host.Channel);
        var made = await grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/team", NoteId = "chains", Note = new Note { Build = new BuildNote { BuilderVersion = "7" } } },
            cancellationToken: Cancelled);
        await Client(host).StoreAsync(Envelopes.Sign(Envelopes.Tekton(Image, Envelopes.Sha256("web"))));
        Assert.Equal(made, await grafeas.GetNoteAsync(new GetNoteRequest { Name = made.Name }, cancellationToken: Cancelled));
        Assert.Equal(made.Name, Assert.Single(await OccurrencesAsync(host, "team")).NoteName);
    }

    internal static ArchivistaClient Client(BridgeHost host) => new(host.Rest, host.Rest.BaseAddress!.ToString());

    internal static async Task<IReadOnlyList<Occurrence>> OccurrencesAsync(BridgeHost host, string project = "archivista") =>
        (await new Grafeas.V1.Grafeas.GrafeasClient(host.Channel).ListOccurrencesAsync(
            new ListOccurrencesRequest { Parent = "projects/" + project, PageSize = 1000 }, cancellationToken: Cancelled)).Occurrences;

    private static string GitBlob(byte[] bytes) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
}
