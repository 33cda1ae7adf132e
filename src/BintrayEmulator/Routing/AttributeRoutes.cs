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
        return await call.WriteAsync(session =>
        {
            var target = owner(call, session);
            if (replace)
                session.ReplaceAttributes(target, attributes);
            else
                session.MergeAttributes(target, attributes);

            var stored = session.Attributes(target);
            if (stored.Count > call.Options.MaxAttributes)
                throw AttributeCodec.TooMany(call.Options.MaxAttributes);

            // The fault of a target that cuts values short and answers as if it had not.
            if (call.Effects.TruncatesTo is { } length)
                session.MergeAttributes(target, attributes.Select(a => Cut(a, length)));

            return Render(call, stored);
        });
    }

    private static Task<Answer> DeleteAsync(Call call, Func<Call, Session, AttributeOwner> owner)
    {
        call.RequirePublish();
        return call.WriteAsync(session =>
        {
            if (call.QueryList("names") is { } names)
                session.DeleteAttributes(owner(call, session), names);
            else
                session.DeleteAttributes(owner(call, session));

            return Answer.Success();
        });
    }

    private static Answer Render(Call call, IEnumerable<StoredAttribute> attributes)
    {
        var shuffle = call.Effects.ShuffleSeed is { } seed ? new Random(seed) : null;
        return Answer.Ok(AttributeCodec.Write(attributes.Where(call.CanSee), shuffle));
    }

    private static StoredAttribute Cut(StoredAttribute attribute, int length) =>
        attribute.Type is AttributeType.String or AttributeType.Version
            ? attribute with { Values = [.. attribute.Values.Select(v => v.Length <= length ? v : v[..length])] }
            : attribute;
}
