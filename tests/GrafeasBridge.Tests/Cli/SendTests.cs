using System.Text.Json;
using Google.Protobuf;
using Google.Rpc;
using Grafeas.V1;
using GrafeasBridge.V1;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace GrafeasBridge.Tests.Cli;

public sealed class SendTests : CliTest
{
    [Fact]
    public async Task Each_occurrence_is_sent_with_its_project_and_shown_with_its_version()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.Equal((0, ""), (ending.Code, ending.Errors));
        CreateOccurrenceRequest sent = Assert.Single(Service.Created).Request;
        Assert.Equal(("projects/acme", "42"), (sent.Parent, sent.Occurrence.Build.Provenance.Id));
        Assert.Contains("projects/acme/occurrences/1", ending.Output);
        Assert.Contains("bintray/acme/images/team:web/1.0", ending.Output);
        Assert.Contains("pending", ending.Output);
    }

    [Fact]
    public async Task An_array_lines_and_a_list_answer_hold_several()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        string array = await FileAsync("array.json", $"[{Build("1")},{Build("2")}]");
        string lines = await FileAsync("lines.ndjson", $"{Build("3")}\n\n{Build("4")}\n");
        string list = await FileAsync("list.json", $$"""{"parent":"projects/own","occurrences":[{{Build("5")}}],"nextPageToken":""}""");

        Gbridge.Ending ending = await Gbridge.RunAsync("send", array, lines, list, "--project", "acme");

        Assert.Equal(0, ending.Code);
        Assert.Equal(["1", "2", "3", "4", "5"], Service.Created.Select(c => c.Request.Occurrence.Build.Provenance.Id).Order());
        Assert.Equal("projects/own", Service.Created.Single(c => c.Request.Occurrence.Build.Provenance.Id == "5").Request.Parent);
        Assert.Contains("lines.ndjson#2", ending.Output);
    }

    [Fact]
    public async Task Standard_input_is_read_for_a_dash()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));

        Gbridge.Ending ending = await Gbridge.RunAsync("\uFEFF" + Build("42"), ["send", "-", "--project", "acme"]);

        Assert.Equal(0, ending.Code);
        Assert.Equal("42", Assert.Single(Service.Created).Request.Occurrence.Build.Provenance.Id);
    }

    [Fact]
    public async Task A_recorded_request_brings_its_note_and_one_that_exists_is_fine()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        Service.OnNote = _ => throw new RpcException(new Status(StatusCode.AlreadyExists, "there"));
        string file = await FileAsync(
            "recorded.json",
            $$$"""
            {"id":"x","api":"v1","noteParent":"projects/acme","noteId":"builds","note":{"build":{"builderVersion":"1"}},
             "request":{"parent":"projects/acme","occurrence":{{{Build("42")}}}},"expect":"OK"}
            """);

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--create-notes");

        Assert.Equal(0, ending.Code);
        Assert.Equal(("projects/acme", "builds"), (Service.Notes.Single().Parent, Service.Notes.Single().NoteId));
        Assert.Single(Service.Created);
    }

    [Fact]
    public async Task A_note_is_made_up_once_for_builds_that_only_name_it()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        string file = await FileAsync("two.json", $"[{Build("1")},{Build("2")}]");

        await Gbridge.RunAsync("send", file, "--project", "acme", "--create-notes");

        CreateNoteRequest note = Assert.Single(Service.Notes);
        Assert.Equal(("projects/acme", "builds", "unknown"), (note.Parent, note.NoteId, note.Note.Build.BuilderVersion));
    }

    [Fact]
    public async Task A_job_that_runs_again_sends_the_same_request_id_whatever_the_order_of_members()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        string first = await FileAsync("a.json", """{"resourceUri":"r","noteName":"n","build":{"provenance":{"id":"1","buildOptions":{"a":"1","b":"2"}}}}""");
        string second = await FileAsync("b.json", """{"build":{"provenance":{"buildOptions":{"b":"2","a":"1"},"id":"1"}},"noteName":"n","resourceUri":"r","kind":"BUILD"}""");
        string third = await FileAsync("c.json", """{"resourceUri":"r","noteName":"n","build":{"provenance":{"id":"2","buildOptions":{"a":"1","b":"2"}}}}""");

        await Gbridge.RunAsync("send", first, "--project", "acme");
        await Gbridge.RunAsync("send", second, "--project", "acme");
        await Gbridge.RunAsync("send", third, "--project", "acme");
        await Gbridge.RunAsync("send", first, "--project", "other");
        await Gbridge.RunAsync("send", first, "--project", "acme", "--no-request-id");
        await Gbridge.RunAsync("send", first, "--project", "acme", "--request-id", "job-7");

        string?[] ids = [.. Service.Created.Select(c => c.Headers.GetValue("x-request-id"))];
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(3, ids[1..4].Distinct().Count());
        Assert.StartsWith("sha256-", ids[0], StringComparison.Ordinal);
        Assert.Equal([null, "job-7"], ids[4..]);
    }

    [Fact]
    public async Task A_service_that_is_away_for_a_moment_is_tried_again_with_the_same_id()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        Service.Faults.Enqueue(context =>
        {
            context.ResponseTrailers.Add("grpc-retry-pushback-ms", "1");
            throw new RpcException(new Status(StatusCode.Unavailable, "restarting"));
        });
        Service.Faults.Enqueue(_ => throw Rich(StatusCode.ResourceExhausted, "slow down", new RetryInfo { RetryDelay = new() { Nanos = 1_000_000 } }));
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.Equal(0, ending.Code);
        Assert.Equal(3, Service.Created.Count);
        Assert.Single(Service.Created.Select(c => c.Headers.GetValue("x-request-id")).Distinct());
    }

    [Fact]
    public async Task Without_a_request_id_a_lost_answer_is_not_tried_again()
    {
        Service.Faults.Enqueue(_ => throw new RpcException(new Status(StatusCode.Unavailable, "gone")));
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--no-request-id");

        Assert.Equal(4, ending.Code);
        Assert.Single(Service.Created);
    }

    [Fact]
    public async Task A_service_that_says_do_not_retry_is_obeyed()
    {
        Service.Faults.Enqueue(context =>
        {
            context.ResponseTrailers.Add("grpc-retry-pushback-ms", "-1");
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "full"));
        });
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.Equal(3, ending.Code);
        Assert.Contains("RESOURCE_EXHAUSTED: full", ending.Errors);
        Assert.Single(Service.Created);
    }

    [Fact]
    public async Task Every_failure_is_told_with_its_fields_and_does_not_keep_the_others_back()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        Service.Faults.Enqueue(_ => throw Rich(StatusCode.InvalidArgument, "invalid", new BadRequest
        {
            FieldViolations =
            {
                new BadRequest.Types.FieldViolation { Field = "occurrence.note_name", Description = "is required" },
                new BadRequest.Types.FieldViolation { Field = "occurrence.resource_uri", Description = "is required" },
            },
        }));
        string broken = await FileAsync("broken.json", Build("1") + "\n{\"resourceUri\": oops}");
        string unknown = await FileAsync("unknown.json", """{"resourceUrl":"typo"}""");

        Gbridge.Ending ending = await Gbridge.RunAsync("send", broken, unknown, "/nowhere.json", "--project", "acme");

        Assert.Equal(2, ending.Code);
        Assert.Contains("occurrence.note_name: is required\n  occurrence.resource_uri: is required", ending.Errors);
        Assert.Contains("broken.json#2: BAD_INPUT: is not JSON at line 2", ending.Errors);
        Assert.Contains("resourceUrl", ending.Errors);
        Assert.Contains("/nowhere.json", ending.Errors);
    }

    [Fact]
    public async Task Waiting_ends_when_every_version_is_verified()
    {
        foreach (DeliveryState state in new[] { DeliveryState.Pending, DeliveryState.Delivering, DeliveryState.Verified })
            Service.Deliveries.Enqueue(Delivery(state, DeliveryState.Verified));
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified", "--json");

        Assert.Equal(0, ending.Code);
        using var line = JsonDocument.Parse(Assert.Single(ending.Lines));
        Assert.Equal("OK", line.RootElement.GetProperty("code").GetString());
        Assert.Equal(["verified", "verified"], line.RootElement.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task What_is_not_delivered_in_time_ends_with_5_and_says_where_it_stands()
    {
        OccurrenceDelivery waiting = Delivery(DeliveryState.Waiting);
        (waiting.Versions[0].LastOutcome, waiting.Versions[0].LastReason) = ("Throttled", "The target asked to wait.");
        Service.Deliveries.Enqueue(waiting);
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified", "--timeout", "5s");

        Assert.Equal(5, ending.Code);
        Assert.Contains("is waiting: Throttled: The target asked to wait.", ending.Errors);
    }

    [Fact]
    public async Task A_parked_version_is_not_waited_for()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Parked));
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified", "--timeout", "1h");

        Assert.Equal(5, ending.Code);
    }

    [Fact]
    public async Task What_concerns_no_version_is_accepted_and_its_reason_shown()
    {
        Service.Deliveries.Enqueue(new OccurrenceDelivery { UnmappedReason = "No resolver knows the host ci." });
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified");

        Assert.Equal(0, ending.Code);
        Assert.Contains("unmapped: No resolver knows the host ci.", ending.Output);
    }

    [Fact]
    public async Task A_key_that_may_only_send_still_sends()
    {
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending accepted = await Gbridge.RunAsync("send", file, "--project", "acme");
        Gbridge.Ending waited = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified");

        Assert.Equal((0, 3), (accepted.Code, waited.Code));
        Assert.Contains("versions cannot be shown: PERMISSION_DENIED", accepted.Errors);
    }

    [Fact]
    public async Task A_build_can_be_told_by_flags()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));

        Gbridge.Ending ending = await Gbridge.RunAsync(
            "send", "--project", "acme", "--create-notes", "--resource", "acme-docker-images.bintray.io/team/web:1.4.0", "--build-id", "42",
            "--builder", "https://ci.acme.example/runner", "--repository", "https://github.com/acme/web", "--commit", "6b8a1f0c", "--branch", "main",
            "--logs", "https://ci.acme.example/42", "--creator", "eve", "--started", "2026-03-01T10:00:00Z", "--finished", "2026-03-01T11:00:00+01:00",
            "--artifact", "team/web:1.4.0@sha256:ABCDEF01", "--artifact", "team/web:latest@sha256:abcdef01");

        Assert.Equal(0, ending.Code);
        Occurrence sent = Assert.Single(Service.Created).Request.Occurrence;
        BuildProvenance told = sent.Build.Provenance;
        Assert.Equal(("projects/acme/notes/builds", "42", "eve"), (sent.NoteName, told.Id, told.Creator));
        Assert.Equal(("https://github.com/acme/web", "6b8a1f0c"), (told.SourceProvenance.Context.Git.Url, told.SourceProvenance.Context.Git.RevisionId));
        Assert.Equal(told.StartTime, told.EndTime);
        Artifact artifact = Assert.Single(told.BuiltArtifacts);
        Assert.Equal(("sha256:abcdef01", 2), (artifact.Checksum, artifact.Names.Count));
        InTotoSlsaProvenanceV1.Types.SlsaProvenanceV1 slsa = sent.Build.InTotoSlsaProvenanceV1.Predicate;
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
        Gbridge.Ending ending = await Gbridge.RunAsync(["send", .. arguments]);

        Assert.Equal((2, ""), (ending.Code, ending.Output));
        Assert.Contains(sentence, ending.Errors);
        Assert.Empty(Service.Created);
    }

    [Fact]
    public async Task One_request_id_is_not_shared_by_several_occurrences()
    {
        string file = await FileAsync("two.json", $"[{Build("1")},{Build("2")}]");

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--request-id", "job-7");

        Assert.Equal(2, ending.Code);
        Assert.Empty(Service.Created);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_the_wait_with_the_code_that_shells_expect(string signal, int code)
    {
        // A job in the background of a shell, and all that it starts, does not hear Ctrl-C.
        Assert.SkipWhen(signal == "INT" && await InterruptIsIgnoredAsync(), "this run was started deaf to SIGINT");
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.SignalAsync(
            signal, Service.DeliveryAsked.Task, "send", file, "--project", "acme", "--wait", "verified", "--timeout", "1h");

        Assert.Equal(code, ending.Code);
    }

    [Fact]
    public async Task What_a_stranger_wrote_does_not_steer_the_terminal()
    {
        Service.Deliveries.Enqueue(new OccurrenceDelivery { UnmappedReason = "evil \u001b[2J [red]text[/]" });
        string file = await FileAsync("one.json", Build("42"));

        Gbridge.Ending ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.DoesNotContain('\u001b', ending.Output);
        Assert.Contains("[red]text[/]", ending.Output);
    }

    private static async Task<bool> InterruptIsIgnoredAsync()
    {
        string[] status = await File.ReadAllLinesAsync("/proc/self/status", TestContext.Current.CancellationToken);
        string mask = status.Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        return (ulong.Parse(mask, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture) & 0b10) != 0;
    }

    private static RpcException Rich(StatusCode code, string message, IMessage detail) => new Google.Rpc.Status
    {
        Code = (int)code,
        Message = message,
        Details = { Google.Protobuf.WellKnownTypes.Any.Pack(detail) },
    }.ToRpcException();
}
