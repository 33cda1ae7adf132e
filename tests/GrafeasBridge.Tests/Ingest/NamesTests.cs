using GrafeasBridge.Api;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

public sealed class NamesTests
{
    [Theory]
    [InlineData("projects/p/notes/n", "p", "n")]
    [InlineData("projects/P p/notes/UPPER.x_y-z~ü:1", "P p", "UPPER.x_y-z~ü:1")]
    [InlineData("projects/projects/notes/notes", "projects", "notes")]
    [InlineData("projects/p/notes/a%2Fb", "p", "a%2Fb")]
    public void A_name_is_taken_apart_and_put_together_again(string name, string project, string id)
    {
        var note = ResourceNames.Note(name, "name");
        Assert.Equal((project, id), (note.Project, note.Id));
        Assert.Equal(name, note.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("projects")]
    [InlineData("projects/")]
    [InlineData("projects/p")]
    [InlineData("projects/p/")]
    [InlineData("projects/p/notes")]
    [InlineData("projects/p/notes/")]
    [InlineData("projects//notes/n")]
    [InlineData("projects/p/notes/n/")]
    [InlineData("projects/p/notes/n/x")]
    [InlineData("projects/p/notesx/n")]
    [InlineData("projects/p/note/n")]
    [InlineData("projects/p/Notes/n")]
    [InlineData("Projects/p/notes/n")]
    [InlineData("/projects/p/notes/n")]
    [InlineData("x/projects/p/notes/n")]
    [InlineData("projects/p/occurrences/n")]
    [InlineData("projects/p/locations/l/notes/n")]
    public void Anything_else_is_no_note_name(string name)
    {
        Assert.False(ResourceNames.TryNote(name, out _, out var problem));
        Assert.NotEmpty(problem);
        var refusal = Assert.Throws<RpcException>(() => ResourceNames.Note(name, "name"));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal("name", Assert.Single(Refusals.Violations(refusal)).Field);
    }

    [Theory]
    [InlineData("projects/p", true)]
    [InlineData("projects/", false)]
    [InlineData("projects", false)]
    [InlineData("projects/p/", false)]
    [InlineData("projects/p/notes/n", false)]
    [InlineData("projects/p/locations/l", false)]
    [InlineData("", false)]
    public void A_project_has_exactly_two_parts(string name, bool fine)
    {
        if (fine)
            Assert.Equal("p", ResourceNames.Project(name, "parent"));
        else
            Assert.Throws<RpcException>(() => ResourceNames.Project(name, "parent"));
    }

    [Fact]
    public void A_location_is_named_as_the_reason()
    {
        ResourceNames.TryNote("projects/p/locations/us/notes/n", out _, out var problem);
        Assert.Contains("location", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_is_bounded_and_the_refusal_says_by_what()
    {
        string id = new('x', ResourceNames.MaxIdLength);
        Assert.Equal(id, ResourceNames.Note($"projects/{id}/notes/{id}", "name").Id);
        Assert.Null(ResourceNames.ProblemOfId(id));
        Assert.Equal("has 256 characters; at most 255 are allowed", ResourceNames.ProblemOfId(id + "x"));
        Assert.False(ResourceNames.TryNote($"projects/p/notes/{id}x", out _, out var problem));
        Assert.Equal("holds an id of 256 characters; at most 255 are allowed", problem);
        Assert.Throws<RpcException>(() => ResourceNames.Project($"projects/{id}x", "parent"));
    }

    [Fact]
    public void A_long_or_binary_name_is_quoted_short_and_readable()
    {
        ResourceNames.TryNote("x\n" + new string('y', 5000), out _, out var problem);
        Assert.InRange(problem.Length, 1, 200);
        Assert.DoesNotContain('\n', problem);
    }
}
