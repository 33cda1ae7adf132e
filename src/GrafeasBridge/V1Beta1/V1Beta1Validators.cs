using Grafeas.V1Beta1;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Validation;

namespace GrafeasBridge.V1Beta1;

/// <summary>
/// 4: is this note what v1beta1 asks of its kind? Where the rules are those of grafeas.v1, they look at the converted part under
/// the names that the sender used.
/// </summary>
internal static class V1Beta1NoteValidator
{
    private const string KindFields =
        "vulnerability, build, base_image, package, deployable, discovery, attestation_authority, intoto, sbom, spdx_package, "
        + "spdx_file, spdx_relationship, vulnerability_assessment, sbom_reference, secret, ai_skill_analysis";

    /// <param name="check">Has entered the note.</param>
    public static void Check(ref Checker check, Note note)
    {
        switch (note.TypeCase)
        {
            case Note.TypeOneofCase.None: check.Add("type", $"one of {KindFields} is required"); break;
            case Note.TypeOneofCase.Vulnerability: V1Beta1VulnerabilityRules.Note(ref check, note.Vulnerability); break;
            case Note.TypeOneofCase.Build: Build(ref check, note.Build); break;
            case Note.TypeOneofCase.BaseImage:
                ImageRules.Note(ref check, MessageConversion.ToV1<Grafeas.V1.ImageNote>(note.BaseImage), "base_image");
                break;
            case Note.TypeOneofCase.Package: PackageRules.Note(ref check, MessageConversion.ToV1<Grafeas.V1.PackageNote>(note.Package)); break;
            case Note.TypeOneofCase.Deployable:
                DeploymentRules.Note(ref check, MessageConversion.ToV1<Grafeas.V1.DeploymentNote>(note.Deployable), "deployable");
                break;
            case Note.TypeOneofCase.Discovery when note.Discovery.AnalysisKind == NoteKind.Unspecified:
                check.Add("discovery.analysis_kind", "is required");
                break;
            case Note.TypeOneofCase.AttestationAuthority:
                var authority = MessageConversion.ToV1<Grafeas.V1.AttestationNote>(note.AttestationAuthority);
                AttestationRules.Note(ref check, authority, "attestation_authority");
                break;
            default: break; // The other kinds have no rules: an empty message will do.
        }

        WellFormed.Check(ref check, note);
    }

    private static void Build(ref Checker check, Grafeas.V1Beta1.Build.Build build)
    {
        BuildRules.Note(ref check, MessageConversion.ToV1<Grafeas.V1.BuildNote>(build));
        if (build.Signature is { Signature.IsEmpty: true })
            check.Add("build.signature.signature", "is required");
    }
}

/// <summary>4: is this occurrence what v1beta1 asks of its kind? Details are wrapped once more than in grafeas.v1.</summary>
internal static class V1Beta1OccurrenceValidator
{
    private const string KindFields =
        "vulnerability, build, derived_image, installation, deployment, discovered, attestation, intoto, sbom, spdx_package, "
        + "spdx_file, spdx_relationship, sbom_reference, secret, ai_skill_analysis";

    /// <param name="check">Has entered the occurrence. Its note_name is looked at by the caller, who needs its parts.</param>
    public static void Check(ref Checker check, Occurrence occurrence)
    {
        if (occurrence.Resource is null)
            check.Add("resource", "is required");
        else
            OccurrenceValidator.Resource(ref check, occurrence.Resource.Uri, "resource.uri");

        switch (occurrence.DetailsCase)
        {
            case Occurrence.DetailsOneofCase.None: check.Add("details", $"one of {KindFields} is required"); break;
            case Occurrence.DetailsOneofCase.Vulnerability: V1Beta1VulnerabilityRules.Occurrence(ref check, occurrence.Vulnerability); break;
            case Occurrence.DetailsOneofCase.Build: Build(ref check, occurrence.Build); break;
            case Occurrence.DetailsOneofCase.DerivedImage: Image(ref check, occurrence.DerivedImage); break;
            case Occurrence.DetailsOneofCase.Installation: Installation(ref check, occurrence.Installation); break;
            case Occurrence.DetailsOneofCase.Deployment: Deployment(ref check, occurrence.Deployment); break;
            case Occurrence.DetailsOneofCase.Discovered when occurrence.Discovered.Discovered is null:
                check.Add("discovered.discovered", "is required");
                break;
            case Occurrence.DetailsOneofCase.Attestation: Attestation(ref check, occurrence.Attestation); break;
            default: break; // The other kinds have no rules: an empty message will do.
        }

        WellFormed.Check(ref check, occurrence);
    }

    private static void Build(ref Checker check, Grafeas.V1Beta1.Build.Details build)
    {
        check.Enter("build");
        if (build.Provenance is not null)
            BuildRules.Provenance(ref check, MessageConversion.ToV1<Grafeas.V1.BuildProvenance>(build.Provenance));
        else if (build.InTotoSlsaProvenanceV1 is null)
            check.Add(string.Empty, "needs provenance or in_toto_slsa_provenance_v1");
        check.Leave();
    }

    private static void Image(ref Checker check, Grafeas.V1Beta1.Image.Details image)
    {
        check.Enter("derived_image");
        if (image.DerivedImage is null)
            check.Add("derived_image", "is required");
        else
            ImageRules.Occurrence(ref check, MessageConversion.ToV1<Grafeas.V1.ImageOccurrence>(image.DerivedImage), "derived_image");
        check.Leave();
    }

    private static void Installation(ref Checker check, Grafeas.V1Beta1.Package.Details package)
    {
        check.Enter("installation");
        if (package.Installation is null)
            check.Add("installation", "is required");
        else
            PackageRules.Occurrence(ref check, MessageConversion.ToV1<Grafeas.V1.PackageOccurrence>(package.Installation), "installation");
        check.Leave();
    }

    private static void Deployment(ref Checker check, Grafeas.V1Beta1.Deployment.Details deployment)
    {
        check.Enter("deployment");
        if (deployment.Deployment is null)
            check.Add("deployment", "is required");
        else
            DeploymentRules.Occurrence(ref check, MessageConversion.ToV1<Grafeas.V1.DeploymentOccurrence>(deployment.Deployment));
        check.Leave();
    }

    /// <summary>Signatures of the generic form are not looked into.</summary>
    private static void Attestation(ref Checker check, Grafeas.V1Beta1.Attestation.Details details)
    {
        check.Enter("attestation");
        if (details.Attestation is null)
        {
            check.Add("attestation", "is required");
        }
        else
        {
            check.Enter("attestation");
            Signed(ref check, details.Attestation);
            check.Leave();
        }

        check.Leave();
    }

    private static void Signed(ref Checker check, Grafeas.V1Beta1.Attestation.Attestation attestation)
    {
        switch (attestation.SignatureCase)
        {
            case Grafeas.V1Beta1.Attestation.Attestation.SignatureOneofCase.None:
                check.Add("signature", "one of pgp_signed_attestation, generic_signed_attestation is required");
                break;
            case Grafeas.V1Beta1.Attestation.Attestation.SignatureOneofCase.PgpSignedAttestation:
                check.Required(attestation.PgpSignedAttestation.Signature, "pgp_signed_attestation.signature");
                break;
            default:
                break;
        }
    }
}
