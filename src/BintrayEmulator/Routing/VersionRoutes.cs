using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Versions of a package. There is no list of them; the package names them.</summary>
internal static class VersionRoutes
{
    private const string Route = "/packages/{subject}/{repo}/{package}/versions/{version}";

    public static void Map(RouteTable routes) => routes
        .Post("/packages/{subject}/{repo}/{package}/versions", CreateAsync)
        .Get(Route, call => Answer.Ok(call.Read(s => Views.Version(s, call.VersionOrLatest(s), call.View()))))
        .Patch(Route, UpdateAsync)
        // The npm client updates a version by POST.
        .Post(Route, UpdateAsync)
        .Delete(Route, DeleteAsync)
        .Get(Route + "/files", call => call.Read(s => NoFiles(call.VersionOrLatest(s))))
        .Post("/gpg/{subject}/{repo}/{package}/versions/{version}", SignAsync);

    private static async Task<Answer> CreateAsync(Call call)
    {
        call.RequirePublish();
        var body = await call.ObjectBodyAsync();
        var name = Names.Check("Version", PackageRoutes.NameOf(body));
        if (name == VersionTable.Latest)
            throw Refusals.Invalid($"Version name '{name}' is reserved");

        var fields = FieldSet.Version.Read(body);
        return await call.WriteAsync(session =>
        {
            var package = call.Package(session);
            if (name.EndsWith("-SNAPSHOT", StringComparison.Ordinal))
                throw Refusals.SnapshotVersion(package.Path, name);

            session.AddVersion(package, name, fields);
            return Answer.Created(Views.Version(session, session.Version(package, name), call.View()));
        });
    }

    private static async Task<Answer> UpdateAsync(Call call)
    {
        call.RequirePublish();
        var body = await call.ObjectBodyAsync();
        return await call.WriteAsync(session =>
        {
            var version = call.Version(session);
            session.UpdateVersion(version, FieldSet.Version.Read(body, version.Fields));
            return Answer.Success();
        });
    }

    private static Task<Answer> DeleteAsync(Call call)
    {
        call.RequirePublish();
        return call.WriteAsync(session =>
        {
            session.DeleteVersion(call.Version(session).Owner);
            return Answer.Success();
        });
    }

    // There are no files, so there is nothing left to sign.
    private static Task<Answer> SignAsync(Call call)
    {
        call.RequirePublish();
        return Task.FromResult(call.Read(s => Signed(call.Version(s))));
    }

    private static Answer Signed(PackageVersion _) => Answer.Success();

    private static Answer NoFiles(PackageVersion _) => Answer.Ok(new JsonArray());
}
