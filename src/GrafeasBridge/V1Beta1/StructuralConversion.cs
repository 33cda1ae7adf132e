using Google.Protobuf;
using Grafeas.V1;
using BetaAttestation = Grafeas.V1Beta1.Attestation;
using BetaLocation = Grafeas.V1Beta1.Vulnerability.VulnerabilityLocation;
using BetaVersionKind = Grafeas.V1Beta1.Package.Version.Types.VersionKind;
using BetaVulnerability = Grafeas.V1Beta1.Vulnerability;
using VersionKind = Grafeas.V1.Version.Types.VersionKind;

namespace GrafeasBridge.V1Beta1;

/// <summary>What the versions say in different shapes, so that no table of fields can turn one into the other.</summary>
internal static class StructuralConversion
{
    // In v1 a fixed version is always there, and MAXIMUM says that nothing mends it. In v1beta1 the location is absent then.
    private static readonly Grafeas.V1.Version Nothing = new() { Kind = VersionKind.Maximum };

    // The same, as far as v1beta1 can say it.
    private static readonly BetaLocation Nowhere = new() { Version = new() { Kind = BetaVersionKind.Maximum } };

    /// <param name="beta">Has been copied into <paramref name="v1"/> field by field.</param>
    public static void AfterToV1(IMessage beta, IMessage v1)
    {
        switch (beta, v1)
        {
            case (BetaVulnerability.PackageIssue from, VulnerabilityOccurrence.Types.PackageIssue issue):
                if (from.FixedLocation is null)
                    issue.FixedVersion = Nothing.Clone();
                issue.FixAvailable = issue.FixedVersion?.Kind == VersionKind.Normal;
                break;
            case (BetaVulnerability.Details, VulnerabilityOccurrence found):
                found.FixAvailable = found.PackageIssue.Any(issue => issue.FixAvailable);
                break;
            case (BetaAttestation.Details { Attestation.PgpSignedAttestation: { } pgp }, AttestationOccurrence attestation):
                // The payload is inside the armored text; v1 has no field for such a whole, but for a signature of any form.
                attestation.Signatures.Add(
                    new Signature { Signature_ = ByteString.CopyFromUtf8(pgp.Signature), PublicKeyId = pgp.PgpKeyId });
                break;
            default:
                break;
        }
    }

    /// <param name="v1">Has been copied into <paramref name="beta"/> field by field.</param>
    public static void AfterToV1Beta1(IMessage v1, IMessage beta)
    {
        switch (v1, beta)
        {
            case (VulnerabilityOccurrence.Types.PackageIssue, BetaVulnerability.PackageIssue issue):
                if (Nowhere.Equals(issue.FixedLocation))
                    issue.FixedLocation = null;
                break;
            case (AttestationOccurrence, BetaAttestation.Details details):
                details.Attestation ??= new BetaAttestation.Attestation();
                details.Attestation.GenericSignedAttestation ??= new BetaAttestation.GenericSignedAttestation();
                break;
            default:
                break;
        }
    }
}
