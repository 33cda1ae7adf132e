using System.Collections.Concurrent;
using Google.Protobuf.Reflection;
using GrafeasBridge.Protos;

namespace GrafeasBridge.V1Beta1;

/// <summary>One thing that both versions can say: where it stands in each. A path of more than one step goes through messages.</summary>
internal sealed record FieldPair(FieldDescriptor[] Beta, FieldDescriptor[] V1);

/// <summary>
/// Which field of a v1beta1 message is which field of a v1 message: the one of the same name, but for this table. What is in
/// neither has no counterpart. Worked out once for each pair of message types.
/// </summary>
internal static class FieldPairs
{
    // v1beta1 message, path in it, path in its counterpart.
    private static readonly (string Beta, string BetaPath, string V1Path)[] Renamed =
    [
        ("Occurrence", "resource.uri", "resource_uri"),
        ("Occurrence", "derived_image.derived_image", "image"),
        ("Occurrence", "installation.installation", "package"),
        ("Occurrence", "deployment.deployment", "deployment"),
        ("Occurrence", "discovered.discovered", "discovery"),
        ("Note", "base_image", "image"),
        ("Note", "deployable", "deployment"),
        ("Note", "attestation_authority", "attestation"),
        ("attestation.Details", "attestation.generic_signed_attestation.serialized_payload", "serialized_payload"),
        ("attestation.Details", "attestation.generic_signed_attestation.signatures", "signatures"),
        ("vulnerability.Details", "cvss_v3", "cvssv3"),
        ("vulnerability.PackageIssue", "affected_location.cpe_uri", "affected_cpe_uri"),
        ("vulnerability.PackageIssue", "affected_location.package", "affected_package"),
        ("vulnerability.PackageIssue", "affected_location.version", "affected_version"),
        ("vulnerability.PackageIssue", "fixed_location.cpe_uri", "fixed_cpe_uri"),
        ("vulnerability.PackageIssue", "fixed_location.package", "fixed_package"),
        ("vulnerability.PackageIssue", "fixed_location.version", "fixed_version"),
        ("vulnerability.Vulnerability.Detail", "cpe_uri", "affected_cpe_uri"),
        ("vulnerability.Vulnerability.Detail", "package", "affected_package"),
        ("vulnerability.Vulnerability.Detail", "min_affected_version", "affected_version_start"),
        ("vulnerability.Vulnerability.Detail", "max_affected_version", "affected_version_end"),
        ("vulnerability.Vulnerability.Detail", "fixed_location.cpe_uri", "fixed_cpe_uri"),
        ("vulnerability.Vulnerability.Detail", "fixed_location.package", "fixed_package"),
        ("vulnerability.Vulnerability.Detail", "fixed_location.version", "fixed_version"),
    ];

    private const string Package = "grafeas.v1beta1.";

    private static readonly ConcurrentDictionary<(MessageDescriptor Beta, MessageDescriptor V1), FieldPair[]> Plans = new();

    public static FieldPair[] Of(MessageDescriptor beta, MessageDescriptor v1) =>
        Plans.GetOrAdd((beta, v1), static pair => [.. Pairs(pair.Beta, pair.V1)]);

    private static IEnumerable<FieldPair> Pairs(MessageDescriptor beta, MessageDescriptor v1)
    {
        var renamed = Renamed.Where(row => Package + row.Beta == beta.FullName).ToList();
        foreach ((_, var betaPath, var v1Path) in renamed)
            yield return new FieldPair(Path(beta, betaPath), Path(v1, v1Path));
        foreach (var field in beta.Fields.InFieldNumberOrder())
        {
            var elsewhere = renamed.Exists(row => row.BetaPath.Split('.')[0] == field.Name || row.V1Path.Split('.')[0] == field.Name);
            if (!elsewhere && v1.FindFieldByName(field.Name) is { } same)
                yield return new FieldPair([field], [same]);
        }
    }

    private static FieldDescriptor[] Path(MessageDescriptor type, string path) =>
        DescriptorPath.Resolve(type, path)
        ?? throw new InvalidOperationException($"The table of fields names {path} of {type.FullName}, which does not exist.");
}
