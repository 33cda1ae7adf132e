using BintrayEmulator.Attributes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Packages of a repository, and versions of a package, by their attributes.</summary>
internal static class SearchRoutes
{
    public static void Map(RouteTable routes) => routes
        .Post("/search/attributes/{subject}/{repo}", call => SearchAsync(call, Packages))
        .Post("/search/attributes/{subject}/{repo}/{package}/versions", call => SearchAsync(call, Versions));

    private static async Task<Answer> SearchAsync(Call call, Func<Call, Session, AttributeSearch, Answer> find)
    {
        var search = AttributeSearch.Read(await call.BodyAsync());
        return call.Read(session => find(call, session, search));
    }

    private static Answer Packages(Call call, Session session, AttributeSearch search)
    {
        var repository = call.Repository(session);
        var found = session.Packages(repository, prefix: "")
            .Where(p => Matches(call, search, session.Attributes(new AttributeOwner(p.Id, IsVersion: false))))
            .ToList();
        return Paging.Page(call, found, p => Views.Package(session, p, call.View()));
    }

    private static Answer Versions(Call call, Session session, AttributeSearch search)
    {
        var found = session.Versions(call.Package(session))
            .Where(v => Matches(call, search, session.Attributes(new AttributeOwner(v.Id, IsVersion: true))))
            .ToList();
        return Paging.Page(call, found, v => Views.Version(session, v, call.View()));
    }

    private static bool Matches(Call call, AttributeSearch search, List<StoredAttribute> attributes) =>
        search.Matches(attributes.Where(call.CanSee).ToDictionary(a => a.Name, StringComparer.Ordinal));
}
