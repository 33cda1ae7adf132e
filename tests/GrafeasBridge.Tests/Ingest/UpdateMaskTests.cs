using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Ingest;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>What an update writes, leaves and refuses.</summary>
public sealed class UpdateMaskTests
{
    [Fact]
    public void Without_a_mask_everything_that_a_client_may_write_is_replaced_and_the_rest_stays()
    {
        var note = Stored();
        UpdateMask.Parse(null, Note.Descriptor).Apply(new Note { Name = "x", Build = new BuildNote { BuilderVersion = "2" } }, note);
        Assert.Equal(new Note { Name = "projects/p/notes/n", Kind = NoteKind.Build, CreateTime = new Timestamp { Seconds = 1 }, Build = new BuildNote { BuilderVersion = "2" } }, note);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    public void An_empty_mask_and_a_star_mean_everything(string paths)
    {
        var mask = new FieldMask();
        if (paths.Length > 0)
            mask.Paths.Add(paths);
        var note = Stored();
        UpdateMask.Parse(mask, Note.Descriptor).Apply(new Note { Build = new BuildNote() }, note);
        Assert.Empty(note.ShortDescription);
        Assert.Empty(note.RelatedUrl);
        Assert.Equal("projects/p/notes/n", note.Name);
    }

    [Fact]
    public void A_mask_writes_the_named_paths_only()
    {
        var note = Stored();
        Apply(note, new Note { ShortDescription = "new", LongDescription = "new" }, "short_description");
        Assert.Equal(("new", "long"), (note.ShortDescription, note.LongDescription));
    }

    [Fact]
    public void A_named_path_that_the_body_leaves_unset_is_cleared()
    {
        var note = Stored();
        Apply(note, new Note(), "short_description", "related_url", "expiration_time", "build.builder_version");
        Assert.Empty(note.ShortDescription);
        Assert.Empty(note.RelatedUrl);
        Assert.Null(note.ExpirationTime);
        Assert.Empty(note.Build.BuilderVersion);
    }

    [Fact]
    public void Lists_and_maps_are_replaced_as_a_whole()
    {
        var note = Stored();
        Apply(note, new Note { RelatedUrl = { new RelatedUrl { Url = "b" } } }, "related_url");
        Assert.Equal("b", Assert.Single(note.RelatedUrl).Url);

        var occurrence = new Occurrence { Build = new BuildOccurrence { Provenance = new BuildProvenance { BuildOptions = { ["a"] = "1", ["b"] = "2" } } } };
        var body = new Occurrence { Build = new BuildOccurrence { Provenance = new BuildProvenance { BuildOptions = { ["c"] = "3" } } } };
        UpdateMask.Parse(Mask("build.provenance.build_options"), Occurrence.Descriptor).Apply(body, occurrence);
        Assert.Equal("c", Assert.Single(occurrence.Build.Provenance.BuildOptions).Key);
    }

    [Fact]
    public void A_message_is_replaced_with_nothing_of_the_old_one_left()
    {
        var occurrence = new Occurrence { Deployment = new DeploymentOccurrence { DeployTime = new Timestamp { Seconds = 5, Nanos = 6 } } };
        var body = new Occurrence { Deployment = new DeploymentOccurrence { DeployTime = new Timestamp { Seconds = 7 } } };
        UpdateMask.Parse(Mask("deployment.deploy_time"), Occurrence.Descriptor).Apply(body, occurrence);
        Assert.Equal(new Timestamp { Seconds = 7 }, occurrence.Deployment.DeployTime);
    }

    [Fact]
    public void Paths_as_REST_spells_them_are_understood()
    {
        var note = Stored();
        Apply(note, new Note { ShortDescription = "s2", Build = new BuildNote { BuilderVersion = "2" } }, "shortDescription", "build.builderVersion");
        Assert.Equal(("s2", "2"), (note.ShortDescription, note.Build.BuilderVersion));
    }

    [Fact]
    public void A_path_inside_another_one_changes_nothing_more()
    {
        var occurrence = new Occurrence { Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = "old" } } };
        var body = new Occurrence { Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = "new", Commands = { new Command { Name = "c" } } } } };
        UpdateMask.Parse(Mask("build.provenance.commands", "build", "build"), Occurrence.Descriptor).Apply(body, occurrence);
        Assert.Equal("new", occurrence.Build.Provenance.Id);
        Assert.Single(occurrence.Build.Provenance.Commands);
    }

    [Fact]
    public void A_path_below_a_message_that_neither_side_has_makes_none()
    {
        var occurrence = new Occurrence { Remediation = "r" };
        UpdateMask.Parse(Mask("build.provenance.id", "envelope.payload"), Occurrence.Descriptor).Apply(new Occurrence(), occurrence);
        Assert.Equal(new Occurrence { Remediation = "r" }, occurrence);
    }

    [Fact]
    public void A_path_below_a_message_that_only_the_body_has_makes_it()
    {
        var occurrence = new Occurrence();
        var body = new Occurrence { Envelope = new Envelope { PayloadType = "t", Payload = Google.Protobuf.ByteString.CopyFromUtf8("x") } };
        UpdateMask.Parse(Mask("envelope.payload_type"), Occurrence.Descriptor).Apply(body, occurrence);
        Assert.Equal(new Occurrence { Envelope = new Envelope { PayloadType = "t" } }, occurrence);
    }

    [Fact]
    public void Naming_a_kind_that_is_not_the_stored_one_leaves_the_stored_one_alone()
    {
        var note = Stored();
        Apply(note, new Note(), "vulnerability", "vulnerability.severity");
        Assert.Equal(Stored(), note);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("build.bogus")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("build.")]
    [InlineData("Short_description")]
    [InlineData("short_description.length")]
    [InlineData("related_url.url")]
    [InlineData("related_url[0]")]
    [InlineData("expiration_time.seconds")]
    [InlineData("name")]
    [InlineData("kind")]
    [InlineData("create_time")]
    [InlineData("createTime")]
    [InlineData("update_time")]
    [InlineData("create_time.seconds")]
    public void A_path_that_is_unknown_or_not_the_clients_is_refused(string path)
    {
        var refusal = Assert.Throws<RpcException>(() => UpdateMask.Parse(Mask("short_description", path), Note.Descriptor));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal("update_mask", Assert.Single(Refusals.Violations(refusal)).Field);
    }

    [Fact]
    public void Every_bad_path_is_told_and_their_number_is_bounded()
    {
        var refusal = Assert.Throws<RpcException>(() => UpdateMask.Parse(Mask("a", "short_description", "b"), Note.Descriptor));
        Assert.Equal(2, Refusals.Violations(refusal).Count);
        var mask = new FieldMask();
        mask.Paths.AddRange(Enumerable.Repeat("short_description", 201));
        Assert.Throws<RpcException>(() => UpdateMask.Parse(mask, Note.Descriptor));
    }

    [Fact]
    public void A_field_is_named_by_its_name_its_camel_case_or_its_json_name()
    {
        foreach (var path in new[] { "intoto.link.effective_command", "intoto.link.effectiveCommand", "intoto.signed.command" })
        {
            var occurrence = new Grafeas.V1Beta1.Occurrence();
            UpdateMask.Parse(Mask(path), Grafeas.V1Beta1.Occurrence.Descriptor)
                .Apply(new Grafeas.V1Beta1.Occurrence { Intoto = new() { Link = new() { EffectiveCommand = { "make" } } } }, occurrence);
            Assert.Equal(["make"], occurrence.Intoto.Link.EffectiveCommand);
        }
    }

    private static void Apply(Note note, Note body, params string[] paths) => UpdateMask.Parse(Mask(paths), Note.Descriptor).Apply(body, note);

    private static FieldMask Mask(params string[] paths)
    {
        var mask = new FieldMask();
        mask.Paths.AddRange(paths);
        return mask;
    }

    private static Note Stored() => new()
    {
        Name = "projects/p/notes/n",
        Kind = NoteKind.Build,
        CreateTime = new Timestamp { Seconds = 1 },
        ShortDescription = "short",
        LongDescription = "long",
        ExpirationTime = new Timestamp { Seconds = 9, Nanos = 9 },
        RelatedUrl = { new RelatedUrl { Url = "a" } },
        Build = new BuildNote { BuilderVersion = "1" },
    };
}
