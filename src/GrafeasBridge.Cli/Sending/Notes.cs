using Grafeas.V1;
using GrafeasBridge.Cli.Input;

namespace GrafeasBridge.Cli.Sending;

/// <summary>The smallest valid note, for builds that name a note that does not exist yet.</summary>
internal static class Notes
{
    /// <returns>Null when the occurrence is not a build, or the name is none.</returns>
    public static NoteToCreate? ForBuild(string name, Occurrence occurrence)
    {
        if (occurrence.Build is not { } build || name.Split('/') is not ["projects", { Length: > 0 } project, "notes", { Length: > 0 } id])
            return null;

        string[] builders =
        [
            build.Provenance?.BuilderVersion ?? "",
            build.InTotoSlsaProvenanceV1?.Predicate?.RunDetails?.Builder?.Id ?? "",
            build.IntotoStatement?.SlsaProvenance?.Builder?.Id ?? "",
            build.IntotoStatement?.SlsaProvenanceZeroTwo?.Builder?.Id ?? "",
            build.IntotoProvenance?.BuilderConfig?.Id ?? "",
            "unknown",
        ];
        var note = new Note { Build = new BuildNote { BuilderVersion = builders.First(b => b.Length > 0) } };
        return new NoteToCreate($"projects/{project}", id, note);
    }
}
