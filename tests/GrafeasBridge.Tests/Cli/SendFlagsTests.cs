using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Cli;

public sealed class SendFlagsTests : CliTest
{
    [Fact]
    public async Task A_build_can_be_told_by_flags()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));

        var ending = await Gbridge.RunAsync(
            "send", "--project", "acme", "--create-notes", "--resource", "acme-docker-images.bintray.io/team/web:1.4.0", "--build-id", "42",
            "--builder", "https://ci.acme.example/runner", "--repository", "https://github.com/acme/web", "--commit", "6b8a1f0c", "--branch", "main",
            "--logs", "https://ci.acme.example/42", "--creator", "eve", "--started", "2026-03-01T10:00:00Z", "--finished", "2026-03-01T11:00:00+01:00",
            "--artifact", "team/web:1.4.0@sha256:ABCDEF01", "--artifact", "team/web:latest@sha256:abcdef01");

        Assert.Equal(0, ending.Code);
        var sent = Assert.Single(Service.Created).Request.Occurrence;
        var told = sent.Build.Provenance;
        Assert.Equal(("projects/acme/notes/builds", "42", "eve"), (sent.NoteName, told.Id, told.Creator));
        Assert.Equal(("https://github.com/acme/web", "6b8a1f0c"), (told.SourceProvenance.Context.Git.Url, told.SourceProvenance.Context.Git.RevisionId));
        Assert.Equal(told.StartTime, told.EndTime);
        var artifact = Assert.Single(told.BuiltArtifacts);
        Assert.Equal(("sha256:abcdef01", 2), (artifact.Checksum, artifact.Names.Count));
        var slsa = sent.Build.InTotoSlsaProvenanceV1.Predicate;
        Assert.Equal("https://ci.acme.example/runner", slsa.RunDetails.Builder.Id);
        Assert.Equal("git+https://github.com/acme/web@refs/heads/main", slsa.BuildDefinition.ResolvedDependencies.Single().Uri);
        Assert.Equal("https://ci.acme.example/runner", Service.Notes.Single().Note.Build.BuilderVersion);
    }

    [Theory]
    [InlineData("Nothing to send")]
    [InlineData("needs --build-id", "--resource", "x", "--project", "p")]
    [InlineData("needs --project", "--resource", "x", "--build-id", "1")]
    [InlineData("what was built", "--commit", "abc")]
    [InlineData("needs --repository", "--resource", "x", "--build-id", "1", "--branch", "main", "--project", "p")]
    [InlineData("is not a time", "--resource", "x", "--build-id", "1", "--started", "yesterday", "--project", "p")]
    [InlineData("is before", "--resource", "x", "--build-id", "1", "--started", "2026-03-02", "--finished", "2026-03-01", "--project", "p")]
    [InlineData("is not name@algorithm:hex", "--resource", "x", "--build-id", "1", "--artifact", "web", "--project", "p")]
    [InlineData("--commit is empty", "--resource", "x", "--build-id", "1", "--commit", "", "--project", "p")]
    [InlineData("not both", "file.json", "--resource", "x", "--build-id", "1")]
    [InlineData("not both", "file.json", "--request-id", "a", "--no-request-id")]
    [InlineData("visible ASCII", "file.json", "--request-id", "a b")]
    [InlineData("once only", "-", "-")]
    [InlineData("is not a project", "file.json", "--project", "a/b")]
    [InlineData("is not a duration", "file.json", "--timeout", "soon")]
    [InlineData("Unrecognized option '--creat-notes'", "file.json", "--creat-notes")]
    public async Task Bad_input_ends_with_2_and_a_sentence_and_nothing_is_sent(string sentence, params string[] arguments)
    {
        var ending = await Gbridge.RunAsync(["send", .. arguments]);

        Assert.Equal((2, ""), (ending.Code, ending.Output));
        Assert.Contains(sentence, ending.Errors);
        Assert.Empty(Service.Created);
    }

    [Fact]
    public async Task One_request_id_is_not_shared_by_several_occurrences()
    {
        var file = await FileAsync("two.json", $"[{Build("1")},{Build("2")}]");

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--request-id", "job-7");

        Assert.Equal(2, ending.Code);
        Assert.Empty(Service.Created);
    }
}
