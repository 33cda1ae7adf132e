using System.Text.Json;
using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Packages of a repository.</summary>
internal static class PackageRoutes
{
    private const string Route = "/packages/{subject}/{repo}/{package}";

    public static void Map(RouteTable routes) => routes
        .Get("/repos/{subject}/{repo}/packages", List)
        .Post("/packages/{subject}/{repo}", CreateAsync)
        .Get(Route, call => Answer.Ok(call.Read(s => Views.Package(s, call.Package(s), call.View()))))
        .Patch(Route, UpdateAsync)
        .Delete(Route, DeleteAsync)
        .Get(Route + "/files", call => call.Read(s => NoFiles(call.Package(s))))
        .Get("/search/packages", Search)
        .Get("/search/file", _ => Answer.Ok(new JsonArray()))
        .Get("/licenses/oss_licenses", _ => Answer.Ok(Licences.Json()));

    private static Answer List(Call call) => call.Read(session =>
    {
        var names = session.PackageNames(call.Repository(session), call.Query("start_name") ?? "");
        return Paging.Page(call, names, name => new JsonObject { ["name"] = name, ["linked"] = false });
    });

    private static async Task<Answer> CreateAsync(Call call)
    {
        call.RequirePublish();
        var body = await call.ObjectBodyAsync();
        var name = Names.Check("Package", NameOf(body));
        var fields = FieldSet.Package.Read(body);
        return await call.WriteAsync(session =>
        {
            var repository = call.Repository(session);
            CheckOpenSource(repository, fields);
            session.AddPackage(repository, name, fields);
            return Answer.Created(Views.Package(session, session.Package(repository, name), call.View()));
        });
    }

    private static async Task<Answer> UpdateAsync(Call call)
    {
        call.RequirePublish();
        var body = await call.ObjectBodyAsync();
        return await call.WriteAsync(session =>
        {
            var package = call.Package(session);
            var fields = FieldSet.Package.Read(body, package.Fields);
            CheckOpenSource(package.Repository, fields);
            session.UpdatePackage(package, fields);
            return Answer.Success();
        });
    }

    private static Task<Answer> DeleteAsync(Call call)
    {
        call.RequirePublish();
        return call.WriteAsync(session =>
        {
            session.DeletePackage(call.Package(session));
            return Answer.Success();
        });
    }

    private static Answer Search(Call call) => call.Read(session =>
    {
        var (subject, repo) = (call.Query("subject"), call.Query("repo"));
        var (name, description) = (call.Query("name"), call.Query("desc"));
        var found = session.AllRepositories()
            .Where(r => call.CanSee(r) && Is(r.Subject, subject) && Is(r.Name, repo))
            .SelectMany(r => session.Packages(r, prefix: ""))
            .Where(p => RepositoryRoutes.Contains(p.Name, name))
            .Where(p => RepositoryRoutes.Contains(p.Fields["desc"]?.GetValue<string>(), description))
            .ToList();
        return Paging.Page(call, found, p => Views.Package(session, p, call.View(p.Repository)));
    });

    /// <summary>The name in the body of a create call; empty, and so refused, when there is none.</summary>
    public static string NameOf(JsonElement body) =>
        body.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";

    // Files are not kept; asking for those of what does not exist is still a 404.
    private static Answer NoFiles(Package _) => Answer.Ok(new JsonArray());

    private static bool Is(string text, string? wanted) => string.IsNullOrEmpty(wanted) || text == wanted;

    // Public repositories held open source, which had to name its licence and its sources. Docker repositories are left out of this:
    // a push made packages there, and a push has neither.
    private static void CheckOpenSource(Repository repository, JsonObject fields)
    {
        var licences = Texts(fields, "licenses");
        if (licences.FirstOrDefault(l => !Licences.IsKnown(l)) is { } unknown)
            throw Refusals.LicenceUnknown(unknown);

        if (Texts(fields, "custom_licenses").Count > 0 && !repository.IsPremium)
            throw Refusals.NotPremium(repository.Subject, repository.Name);

        if (repository.IsPremium || repository.IsPrivate || repository.Type == "docker")
            return;

        if (licences.Count == 0)
            throw Refusals.LicenceMissing(repository.Path);

        if (string.IsNullOrWhiteSpace(fields["vcs_url"]?.GetValue<string>()))
            throw Refusals.VcsUrlMissing();
    }

    private static List<string> Texts(JsonObject fields, string name) =>
        fields[name] is JsonArray array ? [.. array.Select(v => v!.GetValue<string>())] : [];
}
