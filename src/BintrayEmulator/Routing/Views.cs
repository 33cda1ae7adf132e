using System.Text.Json.Nodes;
using BintrayEmulator.Attributes;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Repositories, packages and versions as the service wrote them: these keys, in this order, and no others.</summary>
internal static class Views
{
    public static JsonObject Repository(Session session, Repository repository)
    {
        var (fields, stored) = (FieldSet.Repository, repository.Fields);
        return new JsonObject
        {
            ["name"] = repository.Name,
            ["owner"] = repository.Subject,
            ["type"] = fields["type", stored],
            ["private"] = fields["private", stored],
            ["premium"] = fields["premium", stored],
            ["desc"] = fields["desc", stored],
            ["labels"] = fields["labels", stored],
            ["created"] = AttributeDates.Write(repository.Created),
            ["package_count"] = session.PackageCount(repository),
            ["gpg_sign_metadata"] = fields["gpg_sign_metadata", stored],
            ["gpg_sign_files"] = fields["gpg_sign_files", stored],
            ["gpg_use_owner_key"] = fields["gpg_use_owner_key", stored],
        };
    }

    public static JsonObject Package(Session session, Package package, ViewOptions view)
    {
        var (fields, stored) = (FieldSet.Package, package.Fields);
        var versions = session.VersionNames(package);
        var attributes = Attributes(session, new AttributeOwner(package.Id, IsVersion: false), view);
        return new JsonObject
        {
            ["name"] = package.Name,
            ["repo"] = package.Repository.Name,
            ["owner"] = package.Repository.Subject,
            ["desc"] = fields["desc", stored],
            ["labels"] = fields["labels", stored],
            [attributes.Key] = attributes.Value,
            ["licenses"] = fields["licenses", stored],
            ["custom_licenses"] = fields["custom_licenses", stored],
            ["followers_count"] = 0,
            ["created"] = AttributeDates.Write(package.Created),
            ["website_url"] = fields["website_url", stored],
            ["issue_tracker_url"] = fields["issue_tracker_url", stored],
            ["github_repo"] = fields["github_repo", stored],
            ["github_release_notes_file"] = fields["github_release_notes_file", stored],
            ["public_download_numbers"] = fields["public_download_numbers", stored],
            ["public_stats"] = fields["public_stats", stored],
            ["linked_to_repos"] = new JsonArray(),
            ["permissions"] = new JsonArray(),
            ["versions"] = new JsonArray([.. versions.Select(v => JsonValue.Create(v))]),
            ["latest_version"] = versions.FirstOrDefault(),
            ["updated"] = AttributeDates.Write(package.Updated),
            ["rating_count"] = 0,
            ["system_ids"] = new JsonArray(),
            ["vcs_url"] = fields["vcs_url", stored],
            ["maturity"] = fields["maturity", stored],
        };
    }

    public static JsonObject Version(Session session, PackageVersion version, ViewOptions view)
    {
        var (fields, stored) = (FieldSet.Version, version.Fields);
        var attributes = Attributes(session, new AttributeOwner(version.Id, IsVersion: true), view);
        var json = new JsonObject
        {
            ["name"] = version.Name,
            ["desc"] = fields["desc", stored],
            ["package"] = version.Package.Name,
            ["repo"] = version.Package.Repository.Name,
            ["owner"] = version.Package.Repository.Subject,
            ["labels"] = FieldSet.Package["labels", version.Package.Fields],
            ["published"] = true,
            [attributes.Key] = attributes.Value,
            ["created"] = AttributeDates.Write(version.Created),
            ["updated"] = AttributeDates.Write(version.Updated),
            ["released"] = fields["released", stored],
            // A decimal with one digit, as in both captures: a client that reads an integer here fails.
            ["ordinal"] = JsonValue.Create(version.Ordinal + 0.0m),
        };
        foreach (var name in view.IsPublisher ? new[] { "github_release_notes_file", "github_use_tag_release_notes", "vcs_tag" } : [])
            json[name] = fields[name, stored];

        json["rating_count"] = 0;
        return json;
    }

    private static KeyValuePair<string, JsonNode?> Attributes(Session session, AttributeOwner owner, ViewOptions view)
    {
        var attributes = session.Attributes(owner).Where(a => view.IsPublisher || !a.IsHidden).ToList();
        return view.WithValues
            ? new("attributes", AttributeCodec.WriteByName(attributes))
            : new("attribute_names", new JsonArray([.. attributes.Select(a => JsonValue.Create(a.Name))]));
    }
}

/// <summary>What the reader asks for and may see: values of attributes instead of their names; what only publishers see.</summary>
internal readonly record struct ViewOptions(bool WithValues, bool IsPublisher);
