using Grafeas.V1;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Validation;

/// <summary>Rules of the PACKAGE kind.</summary>
internal static class PackageRules
{
    public static void Note(ref Checker check, PackageNote note)
    {
        check.Enter("package");
        check.Required(note.Name, "name");
        for (var i = 0; i < note.Distribution.Count; i++)
        {
            check.Enter("distribution", i);
            check.Required(note.Distribution[i].CpeUri, "cpe_uri");
            VersionRules.WherePresent(ref check, note.Distribution[i].LatestVersion, "latest_version");
            check.Leave();
        }

        check.Leave();
    }

    public static void Occurrence(ref Checker check, PackageOccurrence package, string field = "package")
    {
        check.Enter(field);
        check.AtLeastOne(package.Location.Count, "location");
        for (var i = 0; i < package.Location.Count; i++)
        {
            check.Enter("location", i);
            check.Required(package.Location[i].CpeUri, "cpe_uri");
            VersionRules.WherePresent(ref check, package.Location[i].Version, "version");
            check.Leave();
        }

        check.Leave();
    }
}

/// <summary>Rules of a package version, wherever it stands.</summary>
internal static class VersionRules
{
    public static void Required(ref Checker check, Grafeas.V1.Version? version, string field)
    {
        if (version is null)
            check.Add(field, "is required");
        else
            WherePresent(ref check, version, field);
    }

    public static void WherePresent(ref Checker check, Grafeas.V1.Version? version, string field)
    {
        if (version is null)
            return;
        check.Enter(field);
        switch (version.Kind)
        {
            case Grafeas.V1.Version.Types.VersionKind.Unspecified:
                check.Add("kind", "is required: NORMAL, MINIMUM or MAXIMUM");
                break;
            case Grafeas.V1.Version.Types.VersionKind.Normal when version.Name.Length == 0:
                check.Add("name", "is required when kind is NORMAL");
                break;
            default:
                break;
        }

        check.Leave();
    }
}
