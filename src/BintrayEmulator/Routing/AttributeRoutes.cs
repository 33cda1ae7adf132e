using System.Text.Json;
using BintrayEmulator.Attributes;
using BintrayEmulator.Faults;
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
        var attributes = call.Effects.Stale is { } stale ? Former(call, session, stale) : session.Attributes(owner(call, session));
        return Render(call, attributes.Where(a => names is null || names.Contains(a.Name)));
    });

    // The fault of a read that answers what was true before.
    private static IReadOnlyList<StoredAttribute> Former(Call call, Session session, StaleFault stale)
    {
        var asOf = stale.Age is { } age ? session.Now - (long)age.TotalMilliseconds : (long?)null;
        var former = session.Former(call.VersionOrLatest(session), stale.Behind, asOf);
        return former is null ? [] : AttributeCodec.Read(JsonSerializer.Deserialize<JsonElement>(former), call.Options);
    }

    private static async Task<Answer> SetAsync(Call call, Func<Call, Session, AttributeOwner> owner, bool replace)
    {
        call.RequirePublish();
        var attributes = AttributeCodec.Read(await call.BodyAsync(), call.Options);
        return await ChangeAsync(call, owner, replace ? "POST" : "PATCH", (session, target) =>
        {
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
        return ChangeAsync(call, owner, "DELETE", (session, target) =>
        {
            if (call.QueryList("names") is { } names)
                session.DeleteAttributes(target, names);
            else
                session.DeleteAttributes(target);

            return Answer.Success();
        });
    }

    // One change in one transaction, with its entry in the history and with what a fault does to it later.
    private static async Task<Answer> ChangeAsync(
        Call call, Func<Call, Session, AttributeOwner> owner, string verb, Func<Session, AttributeOwner, Answer> change)
    {
        var fault = call.Effects.Late;
        var (answer, target, before, after) = await call.WriteAsync(session =>
        {
            var target = owner(call, session);
            var before = fault is null ? [] : session.Attributes(target);
            var answer = change(session, target);
            session.Remember(target, verb);
            return (answer, target, before, fault is null ? [] : session.Attributes(target));
        });
        if (fault is not null)
            call.Late.Arrange(fault, target, before, after);

        return answer;
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
