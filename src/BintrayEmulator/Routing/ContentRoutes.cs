using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>Publishing and webhooks: as much as clients call on their way to attributes. Files are not kept.</summary>
internal static class ContentRoutes
{
    private const int MaxWebhooks = 10;
    private const int MaxUrlLength = 2048;
    private const string Hook = "/webhooks/{subject}/{repo}/{package}";

    public static void Map(RouteTable routes) => routes
        .Post("/content/{subject}/{repo}/{package}/{version}/publish", PublishAsync)
        .Put("/content/{subject}/{**path}", RefuseFileAsync)
        .Put("/maven/{subject}/{**path}", RefuseFileAsync)
        .Get("/webhooks/{subject}", Hooks)
        .Get("/webhooks/{subject}/{repo}", Hooks)
        .Post(Hook, RegisterAsync)
        .Post(Hook + "/{version}", TestAsync)
        .Delete(Hook, DeleteAsync);

    private static Task<Answer> PublishAsync(Call call)
    {
        call.RequirePublish();
        return Task.FromResult(call.Read(s => Published(call.Version(s))));
    }

    // Nothing waits to be published, which the service also answered with 0.
    private static Answer Published(PackageVersion _) => Answer.Ok(new JsonObject { ["files"] = 0 });

    private static Task<Answer> RefuseFileAsync(Call call)
    {
        call.RequirePublish();
        const string Why = "This emulator keeps no files, only what is known about them";
        return Task.FromResult(Answer.Message(StatusCodes.Status501NotImplemented, Why));
    }

    private static Answer Hooks(Call call)
    {
        call.RequirePublish();
        return call.Read(session =>
        {
            var repositories = call.Segment("repo").Length > 0 ? [call.Repository(session)] : session.Repositories(call.Subject);
            var hooks = repositories.SelectMany(session.Webhooks).ToList();
            return Paging.Page(call, hooks, h => new JsonObject { ["package"] = h.Package, ["url"] = h.Url, ["failure_count"] = "0" });
        });
    }

    private static async Task<Answer> RegisterAsync(Call call)
    {
        call.RequirePublish();
        var body = await call.ObjectBodyAsync();
        var (url, method) = (Text(body, "url"), Text(body, "method") ?? "post");
        // The address may hold the tokens %r and %p, so it is not parsed as one.
        if (url is not { Length: > 0 and <= MaxUrlLength })
            throw Refusals.Invalid($"A webhook needs a url of at most {MaxUrlLength} characters");

        if (method is not ("post" or "put" or "get"))
            throw Refusals.Invalid("A webhook's method must be post, put or get");

        return await call.WriteAsync(session =>
        {
            session.SetWebhook(call.Package(session), url, method, call.Caller.Name!);
            var used = session.WebhookCount(call.Caller.Name!);
            if (used > MaxWebhooks)
                throw Refusals.WebhookLimit(MaxWebhooks);

            return Answer.Success(StatusCodes.Status201Created) with { Headers = Limit(used) };
        });
    }

    // Recorded as 201 and success, whatever the manual says. Nobody is called.
    private static Task<Answer> TestAsync(Call call)
    {
        call.RequirePublish();
        return Task.FromResult(call.Read(s => Tested(call.Package(s))));
    }

    private static Answer Tested(Package _) => Answer.Success(StatusCodes.Status201Created);

    private static Task<Answer> DeleteAsync(Call call)
    {
        call.RequirePublish();
        return call.WriteAsync(session =>
        {
            session.DeleteWebhook(call.Package(session));
            return Answer.Success();
        });
    }

    private static (string, string)[] Limit(long used) =>
    [
        ("X-Bintray-WebHookLimit-Limit", MaxWebhooks.ToString(CultureInfo.InvariantCulture)),
        ("X-Bintray-WebHookLimit-Remaining", (MaxWebhooks - used).ToString(CultureInfo.InvariantCulture)),
    ];

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
