using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Logging;
using Metadata = Grpc.Core.Metadata;

namespace GrafeasBridge.Tests.Access;

/// <summary>Who calls, and what the key allows, on the whole service.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private BridgeHost host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => folder.File("keys.json");

    private Grafeas.V1.Grafeas.GrafeasClient Grafeas => new(host.Channel);

    private Bridge.BridgeClient Bridge => new(host.Channel);

    public async ValueTask InitializeAsync()
    {
        await System.IO.File.WriteAllTextAsync(File, Keys.Json("root:send,read,operate:*", "a:send,read,operate:a", "b:send,read,operate:b", "reader:read:a"), Cancelled);
        host = await BridgeHost.StartAsync("Access:KeysFile=" + File, "Access:ReloadEvery=00:00:01");
    }

    public async ValueTask DisposeAsync()
    {
        string[] said = [.. host.Logs.Entries.Select(entry => entry.Message + entry.Exception)];
        await host.DisposeAsync();
        folder.Dispose();
        foreach (var key in new[] { "root", "a", "b", "reader", "stranger" }.Select(Keys.Of))
            Assert.DoesNotContain(said, text => text.Contains(key, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_key_is_taken_in_each_of_its_three_places_on_both_dialects()
    {
        var key = Keys.Of("root");
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("anybody:" + key));
        foreach ((var header, var value) in new[] { ("authorization", "Bearer " + key), ("x-api-key", key), ("authorization", "Basic " + basic), ("authorization", "bearer " + key) })
        {
            var notes = await Grafeas.ListNotesAsync(new() { Parent = "projects/a" }, new Metadata { { header, value } }, cancellationToken: Cancelled);
            Assert.Empty(notes.Notes);
            using var answer = await GetAsync("/v1/projects/a/notes", header, value);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, null, "required")]
    [InlineData("authorization", "Bearer gb_nobody-has-this", "not known")]
    [InlineData("x-api-key", "gb_nobody-has-this", "not known")]
    [InlineData("x-api-key", "", "not known")]
    [InlineData("authorization", "Basic not*base64", "required")]
    [InlineData("authorization", "Basic bm9jb2xvbg==", "required")]
    [InlineData("authorization", "Digest username=x", "required")]
    public async Task A_call_without_a_key_that_is_known_is_refused(string? header, string? value, string said)
    {
        var headers = header is null ? [] : new Metadata { { header, value! } };
        var status = await Refusal.OfAsync(StatusCode.Unauthenticated, Grafeas.ListNotesAsync(new() { Parent = "projects/a" }, headers, cancellationToken: Cancelled));
        Assert.Contains(said, status.Detail, StringComparison.Ordinal);
        foreach (var path in new[] { "/v1/projects/a/notes", "/bridge/v1/versions", "/v1/projects/a/none/such" })
        {
            using var answer = await GetAsync(path, header, value);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains(answer.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Bearer");
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
            Assert.Equal(16, (int)body["code"]!);
            Assert.Contains(said, (string?)body["message"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_too_long_to_be_one_is_refused()
    {
        var headers = new Metadata { { "x-api-key", new string('x', 4000) } };
        await Refusal.OfAsync(StatusCode.Unauthenticated, Grafeas.ListNotesAsync(new() { Parent = "projects/a" }, headers, cancellationToken: Cancelled));
        var basic = new Metadata { { "authorization", "Basic " + Convert.ToBase64String(new byte[4000]) } };
        await Refusal.OfAsync(StatusCode.Unauthenticated, Grafeas.ListNotesAsync(new() { Parent = "projects/a" }, basic, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Health_asks_for_no_key()
    {
        foreach (var path in new[] { "/healthz", "/readyz" })
        {
            using var answer = await GetAsync(path, null, null);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var health = await new global::Grpc.Health.V1.Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest(), cancellationToken: Cancelled);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task A_right_that_is_missing_is_named_and_nothing_else_is_told()
    {
        await BuildSamples.NoteAsync(host, "a", Keys.Bearer("a"));
        var there = await DeniedAsync("b", "projects/a/notes/build");
        var notThere = await DeniedAsync("b", "projects/a/notes/none");
        Assert.Equal(there.Detail, notThere.Detail);
        Assert.Contains("'read' in project 'a'", there.Detail, StringComparison.Ordinal);

        var role = await Refusal.OfAsync(
            StatusCode.PermissionDenied,
            Grafeas.CreateOccurrenceAsync(new() { Parent = "projects/a", Occurrence = BuildSamples.Of("a", "1") }, Keys.Bearer("reader"), cancellationToken: Cancelled));
        Assert.Contains("The key 'reader' does not hold the role 'send'", role.Detail, StringComparison.Ordinal);
        await Refusal.OfAsync(StatusCode.PermissionDenied, Bridge.RedeliverAsync(BuildSamples.Again("1"), Keys.Bearer("reader"), cancellationToken: Cancelled));
        await Refusal.OfAsync(
            StatusCode.PermissionDenied, Bridge.ListUnmappedAsync(new() { Parent = "projects/b" }, Keys.Bearer("reader"), cancellationToken: Cancelled));
        await Refusal.OfAsync(
            StatusCode.PermissionDenied,
            Bridge.ExplainAsync(new() { Parent = "projects/b", Occurrence = BuildSamples.Of("b", "1") }, Keys.Bearer("reader"), cancellationToken: Cancelled));
        await Refusal.OfAsync(
            StatusCode.PermissionDenied,
            Bridge.GetOccurrenceDeliveryAsync(new() { Name = "projects/b/occurrences/x" }, Keys.Bearer("reader"), cancellationToken: Cancelled));
        using var rest = await GetAsync("/v1/projects/a/notes/build", "x-api-key", Keys.Of("b"));
        Assert.Equal(HttpStatusCode.Forbidden, rest.StatusCode);
    }

    [Fact]
    public async Task A_version_of_other_projects_does_not_exist_for_a_key()
    {
        foreach (var project in new[] { "a", "b" })
            await BuildSamples.NoteAsync(host, project, Keys.Bearer(project));
        await BuildSamples.SendAsync(host, "a", BuildSamples.Of("a", "1"), Keys.Bearer("a"));
        await BuildSamples.SendAsync(host, "b", BuildSamples.Of("b", "2"), Keys.Bearer("b"));
        foreach ((var key, var own, var other) in new[] { ("a", "1", "2"), ("b", "2", "1") })
        {
            var list = await Bridge.ListVersionsAsync(new(), Keys.Bearer(key), cancellationToken: Cancelled);
            Assert.Equal([own], list.Versions.Select(v => v.Version));
            await Bridge.GetVersionAsync(BuildSamples.Version(own), Keys.Bearer(key), cancellationToken: Cancelled);
            await Bridge.RedeliverAsync(BuildSamples.Again(own), Keys.Bearer(key), cancellationToken: Cancelled);
            await Refusal.OfAsync(StatusCode.NotFound, Bridge.GetVersionAsync(BuildSamples.Version(other), Keys.Bearer(key), cancellationToken: Cancelled));
            await Refusal.OfAsync(StatusCode.NotFound, Bridge.RedeliverAsync(BuildSamples.Again(other), Keys.Bearer(key), cancellationToken: Cancelled));
        }

        RedeliverVersionsRequest many = new() { Filter = "target:*", ValidateOnly = true };
        var ofA = await Bridge.RedeliverVersionsAsync(many, Keys.Bearer("a"), cancellationToken: Cancelled);
        Assert.Equal("1", Assert.Single(ofA.Sample).Version);
        Assert.Equal(2, (await Bridge.RedeliverVersionsAsync(many, Keys.Bearer("root"), cancellationToken: Cancelled)).Matched);
        await Refusal.OfAsync(StatusCode.PermissionDenied, Bridge.RedeliverVersionsAsync(many, Keys.Bearer("reader"), cancellationToken: Cancelled));
        var compare = BuildSamples.Version("1");
        compare.Compare = true;
        await Refusal.OfAsync(StatusCode.PermissionDenied, Bridge.GetVersionAsync(compare, Keys.Bearer("reader"), cancellationToken: Cancelled));
        await Refusal.OfAsync(StatusCode.PermissionDenied, Bridge.ListTargetsAsync(new(), Keys.Bearer("a"), cancellationToken: Cancelled));
        Assert.Single((await Bridge.ListTargetsAsync(new(), Keys.Bearer("root"), cancellationToken: Cancelled)).Targets);

        Assert.Equal(2, (await Bridge.ListVersionsAsync(new(), Keys.Bearer("root"), cancellationToken: Cancelled)).Versions.Count);
    }

    [Fact]
    public async Task A_changed_file_is_taken_up_and_a_broken_one_is_not()
    {
        Assert.Equal(StatusCode.OK, await AsAsync("a"));
        Assert.Equal(StatusCode.Unauthenticated, await AsAsync("stranger"));
        await System.IO.File.WriteAllTextAsync(File, Keys.Json("stranger:read:a"), Cancelled);
        await UntilAsync("stranger", StatusCode.OK);
        Assert.Equal(StatusCode.Unauthenticated, await AsAsync("a"));

        host.Logs.Expect(entry => entry.Event.Id == 1101);
        await System.IO.File.WriteAllTextAsync(File, """{"keys":[{"name":"half""", Cancelled);
        while (!host.Logs.Entries.Any(entry => entry.Event.Id == 1101))
            Assert.Equal(StatusCode.OK, await AsAsync("stranger"));
        Assert.Equal(StatusCode.OK, await AsAsync("stranger"));
        Assert.Contains("stay in force", host.Logs.Entries.First(entry => entry.Level == LogLevel.Error).Message, StringComparison.Ordinal);

        System.IO.File.Delete(File);
        while (host.Logs.Entries.Count(entry => entry.Event.Id == 1101) < 2)
            Assert.Equal(StatusCode.OK, await AsAsync("stranger"));
        await System.IO.File.WriteAllTextAsync(File, Keys.Json("a:read:a"), Cancelled);
        await UntilAsync("a", StatusCode.OK);
        Assert.Equal(StatusCode.Unauthenticated, await AsAsync("stranger"));
    }

    [Fact]
    public async Task A_file_that_breaks_before_the_first_call_locks_nobody_out()
    {
        host.Logs.Expect(entry => entry.Event.Id == 1101);
        await System.IO.File.WriteAllTextAsync(File, "{", Cancelled);
        while (!host.Logs.Entries.Any(entry => entry.Event.Id == 1101))
            Assert.Equal(StatusCode.OK, await AsAsync("a"));
        Assert.Equal(StatusCode.OK, await AsAsync("a"));
    }

    private async Task<Status> DeniedAsync(string key, string note) =>
        await Refusal.OfAsync(StatusCode.PermissionDenied, Grafeas.GetNoteAsync(new() { Name = note }, Keys.Bearer(key), cancellationToken: Cancelled));

    private async Task UntilAsync(string key, StatusCode code)
    {
        while (await AsAsync(key) != code)
            Cancelled.ThrowIfCancellationRequested();
    }

    private async Task<StatusCode> AsAsync(string key)
    {
        try
        {
            await Grafeas.ListNotesAsync(new() { Parent = "projects/a" }, Keys.Bearer(key), cancellationToken: Cancelled);
            return StatusCode.OK;
        }
        catch (RpcException refused) when (!Cancelled.IsCancellationRequested)
        {
            return refused.StatusCode;
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? header, string? value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
            Assert.True(request.Headers.TryAddWithoutValidation(header, value));
        return await host.Rest.SendAsync(request, Cancelled);
    }
}
