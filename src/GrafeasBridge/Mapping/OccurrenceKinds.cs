using Grafeas.V1;

namespace GrafeasBridge.Mapping;

/// <summary>The kind of an occurrence is the member of its <c>details</c> that is set.</summary>
internal static class OccurrenceKinds
{
    /// <returns>Unspecified when no details are set.</returns>
    public static NoteKind Of(Occurrence occurrence) => occurrence.DetailsCase switch
    {
        Occurrence.DetailsOneofCase.None => NoteKind.Unspecified,
        Occurrence.DetailsOneofCase.Vulnerability => NoteKind.Vulnerability,
        Occurrence.DetailsOneofCase.Build => NoteKind.Build,
        Occurrence.DetailsOneofCase.Image => NoteKind.Image,
        Occurrence.DetailsOneofCase.Package => NoteKind.Package,
        Occurrence.DetailsOneofCase.Deployment => NoteKind.Deployment,
        Occurrence.DetailsOneofCase.Discovery => NoteKind.Discovery,
        Occurrence.DetailsOneofCase.Attestation => NoteKind.Attestation,
        Occurrence.DetailsOneofCase.Upgrade => NoteKind.Upgrade,
        Occurrence.DetailsOneofCase.Compliance => NoteKind.Compliance,
        Occurrence.DetailsOneofCase.DsseAttestation => NoteKind.DsseAttestation,
        Occurrence.DetailsOneofCase.SbomReference => NoteKind.SbomReference,
        Occurrence.DetailsOneofCase.Secret => NoteKind.Secret,
        Occurrence.DetailsOneofCase.AiSkillAnalysis => NoteKind.AiSkillAnalysis,
        _ => throw new ArgumentOutOfRangeException(nameof(occurrence), occurrence.DetailsCase, "no such kind"),
    };
}
