using Google.Protobuf.Reflection;
using Grafeas.V1Beta1;
using GrafeasBridge.Store;
using V1Kind = Grafeas.V1.NoteKind;

namespace GrafeasBridge.V1Beta1;

/// <summary>Kinds of v1beta1: what makes them, their names, and their numbers in the store.</summary>
internal static class V1Beta1Kinds
{
    private static readonly EnumDescriptor Names = CommonReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(NoteKind));

    private static readonly EnumDescriptor V1Names =
        Grafeas.V1.CommonReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Grafeas.V1.NoteKind));

    public static NoteKind Of(Occurrence occurrence) => occurrence.DetailsCase switch
    {
        Occurrence.DetailsOneofCase.None => NoteKind.Unspecified,
        Occurrence.DetailsOneofCase.Vulnerability => NoteKind.Vulnerability,
        Occurrence.DetailsOneofCase.Build => NoteKind.Build,
        Occurrence.DetailsOneofCase.DerivedImage => NoteKind.Image,
        Occurrence.DetailsOneofCase.Installation => NoteKind.Package,
        Occurrence.DetailsOneofCase.Deployment => NoteKind.Deployment,
        Occurrence.DetailsOneofCase.Discovered => NoteKind.Discovery,
        Occurrence.DetailsOneofCase.Attestation => NoteKind.Attestation,
        Occurrence.DetailsOneofCase.Intoto => NoteKind.Intoto,
        Occurrence.DetailsOneofCase.Sbom => NoteKind.Sbom,
        Occurrence.DetailsOneofCase.SpdxPackage => NoteKind.SpdxPackage,
        Occurrence.DetailsOneofCase.SpdxFile => NoteKind.SpdxFile,
        Occurrence.DetailsOneofCase.SpdxRelationship => NoteKind.SpdxRelationship,
        Occurrence.DetailsOneofCase.SbomReference => NoteKind.SbomReference,
        Occurrence.DetailsOneofCase.Secret => NoteKind.Secret,
        Occurrence.DetailsOneofCase.AiSkillAnalysis => NoteKind.AiSkillAnalysis,
        _ => throw new ArgumentOutOfRangeException(nameof(occurrence), occurrence.DetailsCase, "no such kind"),
    };

    public static NoteKind Of(Note note) => note.TypeCase switch
    {
        Note.TypeOneofCase.None => NoteKind.Unspecified,
        Note.TypeOneofCase.Vulnerability => NoteKind.Vulnerability,
        Note.TypeOneofCase.Build => NoteKind.Build,
        Note.TypeOneofCase.BaseImage => NoteKind.Image,
        Note.TypeOneofCase.Package => NoteKind.Package,
        Note.TypeOneofCase.Deployable => NoteKind.Deployment,
        Note.TypeOneofCase.Discovery => NoteKind.Discovery,
        Note.TypeOneofCase.AttestationAuthority => NoteKind.Attestation,
        Note.TypeOneofCase.Intoto => NoteKind.Intoto,
        Note.TypeOneofCase.Sbom => NoteKind.Sbom,
        Note.TypeOneofCase.SpdxPackage => NoteKind.SpdxPackage,
        Note.TypeOneofCase.SpdxFile => NoteKind.SpdxFile,
        Note.TypeOneofCase.SpdxRelationship => NoteKind.SpdxRelationship,
        Note.TypeOneofCase.VulnerabilityAssessment => NoteKind.VulnerabilityAssessment,
        Note.TypeOneofCase.SbomReference => NoteKind.SbomReference,
        Note.TypeOneofCase.Secret => NoteKind.Secret,
        Note.TypeOneofCase.AiSkillAnalysis => NoteKind.AiSkillAnalysis,
        _ => throw new ArgumentOutOfRangeException(nameof(note), note.TypeCase, "no such kind"),
    };

    public static string Name(NoteKind kind) => Names.FindValueByNumber((int)kind).Name;

    /// <summary>The number under which store and notes know the kind: that of grafeas.v1, if it has the kind at all.</summary>
    /// <param name="v1">Of the message's content; unspecified for kinds that only v1beta1 has.</param>
    /// <param name="beta">Unspecified for kinds that only grafeas.v1 has.</param>
    public static int Stored(V1Kind v1, NoteKind beta) =>
        v1 != V1Kind.Unspecified ? (int)v1
        : V1Names.FindValueByName(Name(beta)) is { } value ? value.Number
        : StoredKinds.BetaOnly + (int)beta;
}
