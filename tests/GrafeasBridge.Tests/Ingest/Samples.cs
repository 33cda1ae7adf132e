using Grafeas.V1;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Small valid messages.</summary>
internal static class Samples
{
    public static Note BuildNote() => new() { Build = new BuildNote { BuilderVersion = "1" } };

    public static Occurrence Build(string note, string id = "b1", string resource = "https://r.example/a/b:1") => new()
    {
        ResourceUri = resource,
        NoteName = note,
        Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = id } },
    };

    /// <summary>Makes <c>projects/PROJECT/notes/n</c> of kind BUILD and names it.</summary>
    internal static async Task<string> NoteAsync(IngestHost host, string project)
    {
        var note = await host.Grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = $"projects/{project}", NoteId = "n", Note = BuildNote() },
            cancellationToken: TestContext.Current.CancellationToken);
        return note.Name;
    }
}
