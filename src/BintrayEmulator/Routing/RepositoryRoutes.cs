using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Repositories and their owners.</summary>
internal static class RepositoryRoutes
{
    private const string Route = "/repos/{subject}/{repo}";

    private static readonly string[] Types = ["maven", "debian", "conan", "rpm", "docker", "npm", "opkg", "nuget", "vagrant", "generic"];

    public static void Map(RouteTable routes) => routes
        .Get("/repos/{subject}", List)
        .Get(Route, call => Answer.Ok(call.Read(s => Views.Repository(s, call.Repository(s)))))
        .Post(Route, CreateAsync)
        .Patch(Route, UpdateAsync)
        .Delete(Route, DeleteAsync)
        .Get("/users/{subject}", Owner)
        .Get("/orgs/{subject}", Owner)
        .Get("/users/{subject}/followers", call => call.Read(s => RequireSubject(call, s, Answer.Ok(new JsonArray()))))
        .Get("/search/repos", Search)
        .Get("/search/users", SearchUsers);

    private static Answer List(Call call) => call.Read(session =>
    {
        var visible = session.Repositories(call.Subject).Where(call.CanSee).ToList();
        var answer = Paging.Page(call, visible, r => new JsonObject { ["name"] = r.Name, ["owner"] = r.Subject });
        return RequireSubject(call, session, answer);
    });

    private static async Task<Answer> CreateAsync(Call call)
    {
        call.RequirePublish();
        var fields = FieldSet.Repository.Read(await call.ObjectBodyAsync());
        CheckType(fields);
        var (subject, name) = (Names.Check("Subject", call.Subject), Names.Check("Repo", call.Segment("repo")));
        return await call.WriteAsync(session =>
        {
            session.AddRepository(subject, name, fields);
            return Answer.Created(Views.Repository(session, session.Repository(subject, name)));
        });
    }

    private static async Task<Answer> UpdateAsync(Call call)
    {
        call.RequirePublish();
        var body = await call.ObjectBodyAsync();
        return await call.WriteAsync(session =>
        {
            var repository = call.Repository(session);
            var fields = FieldSet.Repository.Read(body, repository.Fields);
            CheckType(fields);
            session.UpdateRepository(repository, fields);
            return Answer.Success();
        });
    }

    private static Task<Answer> DeleteAsync(Call call)
    {
        call.RequirePublish();
        return call.WriteAsync(session =>
        {
            session.DeleteRepository(call.Repository(session));
            return Answer.Success();
        });
    }

    private static Answer Owner(Call call) => call.Read(session => RequireSubject(call, session, Answer.Ok(new JsonObject
    {
        ["name"] = call.Subject,
        ["full_name"] = "",
        ["gravatar_id"] = "",
        ["repos"] = new JsonArray([.. session.Repositories(call.Subject).Where(call.CanSee).Select(r => JsonValue.Create(r.Name))]),
        ["organizations"] = new JsonArray(),
        ["followers_count"] = 0,
    })));

    private static Answer Search(Call call) => call.Read(session =>
    {
        var (name, description) = (call.Query("name"), call.Query("desc"));
        var found = session.AllRepositories()
            .Where(r => call.CanSee(r) && Contains(r.Name, name) && Contains(r.Fields["desc"]?.GetValue<string>(), description))
            .ToList();
        return Paging.Page(call, found, r => Views.Repository(session, r));
    });

    private static Answer SearchUsers(Call call) => call.Read(session =>
        Paging.Page(call, session.Subjects().Where(s => Contains(s, call.Query("name"))).ToList(), s => new JsonObject { ["name"] = s }));

    /// <summary>True when nothing was asked for, or it occurs in the text, whatever the case.</summary>
    public static bool Contains(string? text, string? wanted) =>
        string.IsNullOrEmpty(wanted) || text?.Contains(wanted, StringComparison.OrdinalIgnoreCase) == true;

    private static Answer RequireSubject(Call call, Session session, Answer answer) =>
        session.SubjectExists(call.Subject) ? answer : throw Refusals.SubjectMissing(call.Subject);

    private static void CheckType(JsonObject fields)
    {
        if (fields["type"]?.GetValue<string>() is { } type && !Types.Contains(type, StringComparer.Ordinal))
            throw Refusals.Invalid($"Repository type '{type}' is not one of {string.Join(", ", Types)}");
    }
}
