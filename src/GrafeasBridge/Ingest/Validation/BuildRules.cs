using Grafeas.V1;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Validation;

/// <summary>Rules of the BUILD kind.</summary>
internal static class BuildRules
{
    public static void Note(ref Checker check, BuildNote note)
    {
        check.Enter("build");
        check.Required(note.BuilderVersion, "builder_version");
        check.Leave();
    }

    /// <summary>A build is told in one of four ways; provenance_bytes alone tells nothing.</summary>
    public static void Occurrence(ref Checker check, BuildOccurrence build)
    {
        check.Enter("build");
        if (build.Provenance is null
            && build.IntotoProvenance is null
            && build.IntotoStatement is null
            && build.InTotoSlsaProvenanceV1 is null)
        {
            check.Add(
                string.Empty,
                "needs at least one of provenance, intoto_provenance, intoto_statement, in_toto_slsa_provenance_v1");
        }

        if (build.Provenance is not null)
            Provenance(ref check, build.Provenance);
        check.Leave();
    }

    public static void Provenance(ref Checker check, BuildProvenance provenance)
    {
        check.Enter("provenance");
        check.Required(provenance.Id, "id");
        for (var i = 0; i < provenance.Commands.Count; i++)
        {
            if (provenance.Commands[i].Name.Length > 0)
                continue;
            check.Enter("commands", i);
            check.Required(provenance.Commands[i].Name, "name");
            check.Leave();
        }

        if (provenance.SourceProvenance is not null)
            Source(ref check, provenance.SourceProvenance);
        check.Leave();
    }

    private static void Source(ref Checker check, Source source)
    {
        if (source.FileHashes.Count == 0)
            return;
        check.Enter("source_provenance");
        foreach (var file in source.FileHashes)
        {
            check.Enter("file_hashes", file.Key);
            check.AtLeastOne(file.Value.FileHash.Count, "file_hash");
            for (var i = 0; i < file.Value.FileHash.Count; i++)
            {
                check.Enter("file_hash", i);
                check.Required(file.Value.FileHash[i].Type, "type");
                check.Required(file.Value.FileHash[i].Value, "value");
                check.Leave();
            }

            check.Leave();
        }

        check.Leave();
    }
}
