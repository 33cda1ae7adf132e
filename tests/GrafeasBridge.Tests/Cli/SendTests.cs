using Google.Protobuf;
using Google.Rpc;
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
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.Equal((0, ""), (ending.Code, ending.Errors));
        var sent = Assert.Single(Service.Created).Request;
        Assert.Equal(("projects/acme", "42"), (sent.Parent, sent.Occurrence.Build.Provenance.Id));
        Assert.Contains("projects/acme/occurrences/1", ending.Output);
        Assert.Contains("bintray/acme/images/team/web/1.0", ending.Output);
        Assert.Contains("pending", ending.Output);
    }

    [Fact]
    public async Task An_array_lines_and_a_list_answer_hold_several()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        var array = await FileAsync("array.json", $"[{Build("1")},{Build("2")}]");
        var lines = await FileAsync("lines.ndjson", $"{Build("3")}\n\n{Build("4")}\n");
        var list = await FileAsync("list.json", $$"""{"parent":"projects/own","occurrences":[{{Build("5")}}],"nextPageToken":""}""");

        var ending = await Gbridge.RunAsync("send", array, lines, list, "--project", "acme");

        Assert.Equal(0, ending.Code);
        Assert.Equal(["1", "2", "3", "4", "5"], Service.Created.Select(c => c.Request.Occurrence.Build.Provenance.Id).Order());
        Assert.Equal("projects/own", Service.Created.Single(c => c.Request.Occurrence.Build.Provenance.Id == "5").Request.Parent);
        Assert.Contains("lines.ndjson#2", ending.Output);
    }

    [Fact]
    public async Task Standard_input_is_read_for_a_dash()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));

        var ending = await Gbridge.RunAsync("\uFEFF" + Build("42"), ["send", "-", "--project", "acme"]);

        Assert.Equal(0, ending.Code);
        Assert.Equal("42", Assert.Single(Service.Created).Request.Occurrence.Build.Provenance.Id);
    }

    [Fact]
    public async Task A_recorded_request_brings_its_note_and_one_that_exists_is_fine()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        Service.OnNote = _ => throw new RpcException(new Status(StatusCode.AlreadyExists, "there"));
        var file = await FileAsync(
            "recorded.json",
            $$$"""
            {"id":"x","api":"v1","noteParent":"projects/acme","noteId":"builds","note":{"build":{"builderVersion":"1"}},
             "request":{"parent":"projects/acme","occurrence":{{{Build("42")}}}},"expect":"OK"}
            """);

        var ending = await Gbridge.RunAsync("send", file, "--create-notes");

        Assert.Equal(0, ending.Code);
        Assert.Equal(("projects/acme", "builds"), (Service.Notes.Single().Parent, Service.Notes.Single().NoteId));
        Assert.Single(Service.Created);
    }

    [Fact]
    public async Task A_note_is_made_up_once_for_builds_that_only_name_it()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        var file = await FileAsync("two.json", $"[{Build("1")},{Build("2")}]");

        await Gbridge.RunAsync("send", file, "--project", "acme", "--create-notes");

        var note = Assert.Single(Service.Notes);
        Assert.Equal(("projects/acme", "builds", "unknown"), (note.Parent, note.NoteId, note.Note.Build.BuilderVersion));
    }

    [Fact]
    public async Task A_job_that_runs_again_sends_the_same_request_id_whatever_the_order_of_members()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        var first = await FileAsync("a.json", """{"resourceUri":"r","noteName":"n","build":{"provenance":{"id":"1","buildOptions":{"a":"1","b":"2"}}}}""");
        var second = await FileAsync("b.json", """{"build":{"provenance":{"buildOptions":{"b":"2","a":"1"},"id":"1"}},"noteName":"n","resourceUri":"r","kind":"BUILD"}""");
        var third = await FileAsync("c.json", """{"resourceUri":"r","noteName":"n","build":{"provenance":{"id":"2","buildOptions":{"a":"1","b":"2"}}}}""");

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
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.Equal(0, ending.Code);
        Assert.Equal(3, Service.Created.Count);
        Assert.Single(Service.Created.Select(c => c.Headers.GetValue("x-request-id")).Distinct());
    }

    [Fact]
    public async Task Without_a_request_id_a_lost_answer_is_not_tried_again()
    {
        Service.Faults.Enqueue(_ => throw new RpcException(new Status(StatusCode.Unavailable, "gone")));
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--no-request-id");

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
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme");

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
        var broken = await FileAsync("broken.json", Build("1") + "\n{\"resourceUri\": oops}");
        var unknown = await FileAsync("unknown.json", """{"resourceUrl":"typo"}""");

        var ending = await Gbridge.RunAsync("send", broken, unknown, "/nowhere.json", "--project", "acme");

        Assert.Equal(2, ending.Code);
        Assert.Contains("occurrence.note_name: is required\n  occurrence.resource_uri: is required", ending.Errors);
        Assert.Contains("broken.json#2: BAD_INPUT: is not JSON at line 2", ending.Errors);
        Assert.Contains("resourceUrl", ending.Errors);
        Assert.Contains("/nowhere.json", ending.Errors);
    }

    [Fact]
    public async Task What_a_stranger_wrote_does_not_steer_the_terminal()
    {
        Service.Deliveries.Enqueue(new OccurrenceDelivery { UnmappedReason = "evil \u001b[2J [red]text[/]" });
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme");

        Assert.DoesNotContain('\u001b', ending.Output);
        Assert.Contains("[red]text[/]", ending.Output);
    }

    private static RpcException Rich(StatusCode code, string message, IMessage detail) => new Google.Rpc.Status
    {
        Code = (int)code,
        Message = message,
        Details = { Google.Protobuf.WellKnownTypes.Any.Pack(detail) },
    }.ToRpcException();
}
