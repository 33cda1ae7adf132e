using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>The page for people at <c>/</c>, and <c>/healthz</c> for machines.</summary>
internal sealed partial class OwnPages(EmulatorStore store, ILogger<OwnPages> logger)
{
    private const int MaxRows = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = new OwnPages(
            app.ServiceProvider.GetRequiredService<EmulatorStore>(), app.ServiceProvider.GetRequiredService<ILogger<OwnPages>>());
        app.MapMethods("/", ["GET", "HEAD"], pages.RootAsync).WithMetadata(RouteKind.Own);
        app.MapMethods("/healthz", ["GET", "HEAD"], pages.HealthAsync).WithMetadata(RouteKind.Own);
    }

    private Task RootAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return new Answer(StatusCodes.Status200OK, Json: null, Html: store.Read(Page)).WriteAsync(context);
    }

    private async Task HealthAsync(HttpContext context)
    {
        try
        {
            await store.ProbeAsync(context.RequestAborted);
            await Answer.Ok(new JsonObject { ["status"] = "ok", ["emulator"] = EmulatorIdentity.Name }).WriteAsync(context);
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            Log.StoreUnavailable(logger, e);
            await Answer.Message(StatusCodes.Status503ServiceUnavailable, "The emulator's store cannot be written").WriteAsync(context);
        }
    }

    private static string Page(Session session)
    {
        var html = new StringBuilder()
            .Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Bintray emulator</title>")
            .Append("<style>body{font:15px system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}")
            .Append("td,th{text-align:left;padding:.2em 1em .2em 0}</style>")
            .Append("</head><body><h1>Bintray emulator</h1><p><strong>").Append(EmulatorIdentity.Sentence).Append("</strong></p>")
            .Append("<p>It answers the REST routes for repositories, packages, versions and attributes ")
            .Append("the way the service was recorded to. Private repositories are left out below.</p>");
        AppendPackages(html, session);
        return html.Append("<p>").Append(EmulatorIdentity.Name).Append("</p></body></html>\n").ToString();
    }

    private static void AppendPackages(StringBuilder html, Session session)
    {
        var rows = session.AllRepositories().Where(r => !r.IsPrivate).SelectMany(r => Rows(session, r)).Take(MaxRows + 1).ToList();
        if (rows.Count == 0)
        {
            html.Append("<p>There is no public package yet.</p>");
            return;
        }

        html.Append("<table><tr><th>Repository</th><th>Package</th><th>Version</th></tr>")
            .AppendJoin("", rows.Take(MaxRows))
            .Append("</table>");
        if (rows.Count > MaxRows)
            html.Append("<p>Only the first ").Append(MaxRows).Append(" are shown.</p>");
    }

    private static IEnumerable<string> Rows(Session session, Repository repository)
    {
        foreach (var package in session.Packages(repository, prefix: ""))
        {
            var path = string.Join('/', new[] { repository.Subject, repository.Name, package.Name }.Select(Uri.EscapeDataString));
            yield return Row(package, $"/packages/{path}/attributes", version: null);
            foreach (var version in session.VersionNames(package))
                yield return Row(package, $"/packages/{path}/versions/{Uri.EscapeDataString(version)}/attributes", version);
        }
    }

    private static string Row(Package package, string link, string? version) =>
        $"<tr><td>{Text(package.Repository.Path)}</td><td>{Text(package.Name)}</td><td>{Text(version ?? "–")}</td>" +
        $"<td><a href=\"{Text(link)}\">attributes</a></td></tr>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static partial class Log
    {
        [LoggerMessage(6003, LogLevel.Error, "The store cannot be written", EventName = "EmulatorStoreUnavailable")]
        public static partial void StoreUnavailable(ILogger logger, Exception exception);
    }
}
