using Google.Protobuf.Collections;
using Grafeas.V1;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Validation;

/// <summary>Rules of the IMAGE kind. The field, here and below, is what the version calls it.</summary>
internal static class ImageRules
{
    public static void Note(ref Checker check, ImageNote note, string field = "image")
    {
        check.Enter(field);
        check.Required(note.ResourceUrl, "resource_url");
        Print(ref check, note.Fingerprint);
        check.Leave();
    }

    public static void Occurrence(ref Checker check, ImageOccurrence image, string field = "image")
    {
        check.Enter(field);
        Print(ref check, image.Fingerprint);
        for (var i = 0; i < image.LayerInfo.Count; i++)
        {
            check.Enter("layer_info", i);
            check.Required(image.LayerInfo[i].Directive, "directive");
            check.Leave();
        }

        check.Leave();
    }

    private static void Print(ref Checker check, Fingerprint? fingerprint)
    {
        if (fingerprint is null)
        {
            check.Add("fingerprint", "is required");
            return;
        }

        check.Enter("fingerprint");
        check.Required(fingerprint.V1Name, "v1_name");
        check.AtLeastOne(fingerprint.V2Blob.Count, "v2_blob");
        Filled.Each(ref check, fingerprint.V2Blob, "v2_blob");
        check.Leave();
    }
}

/// <summary>Rules of the DEPLOYMENT kind.</summary>
internal static class DeploymentRules
{
    public static void Note(ref Checker check, DeploymentNote note, string field = "deployment")
    {
        check.Enter(field);
        check.AtLeastOne(note.ResourceUri.Count, "resource_uri");
        Filled.Each(ref check, note.ResourceUri, "resource_uri");
        check.Leave();
    }

    /// <summary>The time must be there; the zero time is a time.</summary>
    public static void Occurrence(ref Checker check, DeploymentOccurrence deployment)
    {
        check.Enter("deployment");
        if (deployment.DeployTime is null)
            check.Add("deploy_time", "is required");
        check.Leave();
    }
}

/// <summary>Rules of the DISCOVERY kind; its occurrences have none.</summary>
internal static class DiscoveryRules
{
    public static void Note(ref Checker check, DiscoveryNote note)
    {
        check.Enter("discovery");
        if (note.AnalysisKind == NoteKind.Unspecified)
            check.Add("analysis_kind", "is required");
        check.Leave();
    }
}

/// <summary>Rules of the ATTESTATION kind.</summary>
internal static class AttestationRules
{
    public static void Note(ref Checker check, AttestationNote note, string field = "attestation")
    {
        if (note.Hint is null)
            return;
        check.Enter(field);
        check.Enter("hint");
        check.Required(note.Hint.HumanReadableName, "human_readable_name");
        check.Leave();
        check.Leave();
    }

    /// <summary>JWTs are not looked into.</summary>
    public static void Occurrence(ref Checker check, AttestationOccurrence attestation, bool allowEmptyKeyId)
    {
        check.Enter("attestation");
        if (attestation.SerializedPayload.IsEmpty && attestation.Jwts.Count == 0)
        {
            check.Add(string.Empty, "needs a serialized_payload or at least one of jwts");
        }

        for (var i = 0; i < attestation.Signatures.Count; i++)
        {
            check.Enter("signatures", i);
            check.Required(attestation.Signatures[i].Signature_, "signature");
            if (!allowEmptyKeyId)
                check.Required(attestation.Signatures[i].PublicKeyId, "public_key_id");
            check.Leave();
        }

        check.Leave();
    }
}

/// <summary>Lists of texts of which none may be empty.</summary>
internal static class Filled
{
    public static void Each(ref Checker check, RepeatedField<string> values, string field)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Length > 0)
                continue;
            check.Enter(field, i);
            check.Add(string.Empty, "must not be empty");
            check.Leave();
        }
    }
}
