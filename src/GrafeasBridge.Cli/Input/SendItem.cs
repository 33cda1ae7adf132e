using Grafeas.V1;

namespace GrafeasBridge.Cli.Input;

/// <summary>Where something was found: a file, and its place in it.</summary>
/// <param name="Index">From 1; 0 while the file holds only one thing.</param>
internal sealed record InputLocation(string File, int Index)
{
    public override string ToString() => Index == 0 ? File : $"{File}#{Index}";
}

/// <summary>A note as a file gives it.</summary>
/// <param name="Parent">projects/*</param>
internal sealed record NoteToCreate(string Parent, string Id, Note Content)
{
    public string Name => $"{Parent}/notes/{Id}";
}

/// <summary>One thing to send: an occurrence with its project and perhaps its note, a note alone, or what is wrong with it.</summary>
/// <param name="Parent">projects/*; null when neither the file nor a flag says so.</param>
/// <param name="Problem">A sentence; then nothing else is set.</param>
internal sealed record SendItem(InputLocation InputLocation, string? Parent, Occurrence? Occurrence, NoteToCreate? Note, string? Problem)
{
    public static SendItem Invalid(InputLocation origin, string problem) => new(origin, null, null, null, problem);
}
