using Grafeas.V1;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Validation;

/// <summary>4: is this note what Grafeas asks of its kind? Pure; finds every problem.</summary>
internal static class NoteValidator
{
    private const string Kinds =
        "vulnerability, build, image, package, deployment, discovery, attestation, upgrade, compliance, dsse_attestation, "
        + "vulnerability_assessment, sbom_reference, secret, ai_skill_analysis";

    /// <param name="check">Has entered the note.</param>
    public static void Check(ref Checker check, Note note)
    {
        switch (note.TypeCase)
        {
            case Note.TypeOneofCase.None: check.Add("type", $"one of {Kinds} is required"); break;
            case Note.TypeOneofCase.Vulnerability: VulnerabilityRules.Note(ref check, note.Vulnerability); break;
            case Note.TypeOneofCase.Build: BuildRules.Note(ref check, note.Build); break;
            case Note.TypeOneofCase.Image: ImageRules.Note(ref check, note.Image); break;
            case Note.TypeOneofCase.Package: PackageRules.Note(ref check, note.Package); break;
            case Note.TypeOneofCase.Deployment: DeploymentRules.Note(ref check, note.Deployment); break;
            case Note.TypeOneofCase.Discovery: DiscoveryRules.Note(ref check, note.Discovery); break;
            case Note.TypeOneofCase.Attestation: AttestationRules.Note(ref check, note.Attestation); break;
            default: break; // The other kinds have no rules: an empty message will do.
        }

        WellFormed.Check(ref check, note);
    }
}
