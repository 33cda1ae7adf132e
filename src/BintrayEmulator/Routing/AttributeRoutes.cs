using BintrayEmulator.Attributes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Attributes of packages and versions: read, replace (POST), merge (PATCH), delete.</summary>
internal static class AttributeRoutes
{
    private const string Package = "/packages/{subject}/{repo}/{package}";

    public static void Map(RouteTable routes)
    {
        MapOwner(routes, Package + "/attributes", (call, session) => new(call.Package(session).Id, IsVersion: false));
        MapOwner(routes, Package + "/versions/{version}/attributes", (call, session) => new(call.VersionOrLatest(session).Id, IsVersion: true));
    }

    private static void MapOwner(RouteTable routes, string route, Func<Call, Session, AttributeOwner> owner) => routes
        .Get(route, call => Get(call, owner), RouteKind.Attributes)
        .Post(route, call => SetAsync(call, owner, replace: true), RouteKind.Attributes)
        .Patch(route, call => SetAsync(call, owner, replace: false), RouteKind.Attributes)
        .Delete(route, call => DeleteAsync(call, owner), RouteKind.Attributes);

    // An empty ?names= reads all and deletes none: the harmless reading of a client's empty list.
    private static Answer Get(Call call, Func<Call, Session, AttributeOwner> owner) => call.Read(session =>
    {
        var names = call.QueryList("names") is { Count: > 0 } list ? list.ToHashSet(StringComparer.Ordinal) : null;
        return Render(call, session.Attributes(owner(call, session)).Where(a => names is null || names.Contains(a.Name)));
    });

    private static async Task<Answer> SetAsync(Call call, Func<Call, Session, AttributeOwner> owner, bool replace)
    {
        call.RequirePublish();
        var attributes = AttributeCodec.Read(await call.BodyAsync(), call.Options);
        return await ChangeAsync(call, owner, replace ? "POST" : "PATCH", attributes, (session, target) =>
        {
            if (replace)
                session.ReplaceAttributes(target, attributes);
            else
                session.MergeAttributes(target, attributes);

            var stored = session.Attributes(target);
            return stored.Count <= call.Options.MaxAttributes
                ? Render(call, stored)
                : throw AttributeCodec.TooMany(call.Options.MaxAttributes);
        });
    }

    private static Task<Answer> DeleteAsync(Call call, Func<Call, Session, AttributeOwner> owner)
    {
        call.RequirePublish();
        return ChangeAsync(call, owner, "DELETE", [], (session, target) =>
        {
            if (call.QueryList("names") is { } names)
                session.DeleteAttributes(target, names);
            else
                session.DeleteAttributes(target);

            return Answer.Success();
        });
    }

    // One change in one transaction, with its entry in the history.
    private static Task<Answer> ChangeAsync(
        Call call,
        Func<Call, Session, AttributeOwner> owner,
        string verb,
        IReadOnlyList<StoredAttribute> written,
        Func<Session, AttributeOwner, Answer> change) => call.WriteAsync(session =>
    {
        var target = owner(call, session);
        var answer = call.Writer.ChangeAttributes(session, target, written, () => change(session, target));
        session.RecordChange(target, verb);
        return answer;
    });

    private static Answer Render(Call call, IEnumerable<StoredAttribute> attributes) =>
        Answer.Ok(AttributeCodec.Write(attributes.Where(call.CanSee)));
}
