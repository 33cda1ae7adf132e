using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>Why an occurrence concerns a version. The numbers are stored; the lower one stays when several apply.</summary>
internal enum LinkOrigin
{
    /// <summary>It names the version.</summary>
    Named = 0,

    /// <summary>It names a digest that is known to be the version.</summary>
    Digest = 1,

    /// <summary>It names a digest of which no version is known; this stands in until one is.</summary>
    Untagged = 2,
}

/// <summary>Why an occurrence concerns no version yet.</summary>
internal static class WhyUnmapped
{
    public static string Of(VersionResolution placement)
    {
        if (placement.ByDigest is [var reference, ..])
        {
            var where = reference.Package is null ? "in any package" : $"of {reference.Package}";
            return $"no version {where} is known for {reference.Digest}; it is mapped as soon as a build names a version for it";
        }

        return placement.Reason ?? "it names neither a version nor a digest";
    }
}
