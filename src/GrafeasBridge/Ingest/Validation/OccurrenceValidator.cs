using Grafeas.V1;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Validation;

/// <summary>4: is this occurrence what Grafeas asks of its kind? Pure; finds every problem.</summary>
internal static class OccurrenceValidator
{
    /// <summary>Longest resource URI, in UTF-16 units. Its form is not checked.</summary>
    public const int MaxResourceUriLength = 8192;

    private const string Kinds =
        "vulnerability, build, image, package, deployment, discovery, attestation, upgrade, compliance, dsse_attestation, "
        + "sbom_reference, secret, ai_skill_analysis";

    /// <param name="check">Has entered the occurrence. Its note_name is looked at by the caller, who needs its parts.</param>
    /// <param name="allowEmptyKeyId">See <see cref="IngestOptions.AllowEmptySignatureKeyId"/>.</param>
    public static void Check(ref Checker check, Occurrence occurrence, bool allowEmptyKeyId)
    {
        Resource(ref check, occurrence.ResourceUri, "resource_uri");
        switch (occurrence.DetailsCase)
        {
            case Occurrence.DetailsOneofCase.None: check.Add("details", $"one of {Kinds} is required"); break;
            case Occurrence.DetailsOneofCase.Vulnerability: VulnerabilityRules.Occurrence(ref check, occurrence.Vulnerability); break;
            case Occurrence.DetailsOneofCase.Build: BuildRules.Occurrence(ref check, occurrence.Build); break;
            case Occurrence.DetailsOneofCase.Image: ImageRules.Occurrence(ref check, occurrence.Image); break;
            case Occurrence.DetailsOneofCase.Package: PackageRules.Occurrence(ref check, occurrence.Package); break;
            case Occurrence.DetailsOneofCase.Deployment: DeploymentRules.Occurrence(ref check, occurrence.Deployment); break;
            case Occurrence.DetailsOneofCase.Attestation:
                AttestationRules.Occurrence(ref check, occurrence.Attestation, allowEmptyKeyId);
                break;
            default: break; // Discovery and the younger kinds have no rules: an empty message will do.
        }

        WellFormed.Check(ref check, occurrence);
    }

    public static void Resource(ref Checker check, string uri, string field)
    {
        check.Required(uri, field);
        if (uri.Length > MaxResourceUriLength)
            check.Add(field, $"has {uri.Length} characters; at most {MaxResourceUriLength} are allowed");
        // It is a text of the database, and not every database can keep such a text.
        if (uri.Contains('\0', StringComparison.Ordinal))
            check.Add(field, $"holds U+0000 at character {uri.IndexOf('\0', StringComparison.Ordinal)}; none is allowed");
    }
}
