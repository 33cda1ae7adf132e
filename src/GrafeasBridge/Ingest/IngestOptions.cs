namespace GrafeasBridge.Ingest;

/// <summary>What becomes of an occurrence that comes in: section <c>Ingest</c>, beside the limits of <see cref="Api.ApiOptions"/>.</summary>
internal sealed class IngestOptions
{
    public const string Section = "Ingest";

    /// <summary>
    /// Derive a request id from project, note, resource and build id when the caller sends none, so that a re-run job does not
    /// store its build twice.
    /// </summary>
    public bool RequestIdFromBuild { get; set; }

    /// <summary>Refuse occurrences whose resource names no version, instead of keeping them as unmapped.</summary>
    public bool RefuseUnmapped { get; set; }

    /// <summary>Accept attestation signatures without public_key_id, as Tekton Chains sends them when it signs without a KMS.</summary>
    public bool AllowEmptySignatureKeyId { get; set; }
}
