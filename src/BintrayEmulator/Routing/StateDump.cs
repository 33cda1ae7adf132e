using System.Text.Json.Nodes;
using BintrayEmulator.Attributes;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Everything that packages and versions carry, values in the order in which they were stored, for checkers.</summary>
internal static class StateDump
{
    /// <summary>One entry for each package (version null) and each version; a filter that is null or empty matches all.</summary>
    public static JsonArray Json(Session session, string? subject, string? repo, string? package)
    {
        var entries = new JsonArray();
        var packages = session.AllRepositories()
            .Where(r => Is(r.Subject, subject) && Is(r.Name, repo))
            .SelectMany(r => session.Packages(r, prefix: ""))
            .Where(p => Is(p.Name, package));
        foreach (var found in packages)
        {
            entries.Add(Entry(session, found, version: null, new AttributeOwner(found.Id, IsVersion: false)));
            foreach (var version in session.Versions(found))
                entries.Add(Entry(session, found, version.Name, new AttributeOwner(version.Id, IsVersion: true)));
        }

        return entries;
    }

    private static JsonObject Entry(Session session, Package package, string? version, AttributeOwner owner) => new()
    {
        ["subject"] = package.Repository.Subject,
        ["repo"] = package.Repository.Name,
        ["package"] = package.Name,
        ["version"] = version,
        ["attributes"] = new JsonArray([.. session.Attributes(owner).Select(Stored)]),
    };

    private static JsonObject Stored(StoredAttribute attribute) => new()
    {
        ["name"] = attribute.Name,
        ["values"] = new JsonArray([.. attribute.Values.Select(attribute.ValueNode)]),
        ["type"] = StoredAttribute.Word(attribute.Type),
    };

    private static bool Is(string text, string? wanted) => string.IsNullOrEmpty(wanted) || text == wanted;
}
