using System.Text.Json;
using BintrayEmulator.Access;
using BintrayEmulator.Attributes;
using BintrayEmulator.Routing;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Http;

/// <summary>One call of the REST API: who makes it, what it names, and the store it works on.</summary>
internal sealed class Call(HttpContext context, Caller caller, EmulatorStore store, EmulatorOptions options)
{
    public Caller Caller { get; } = caller;

    public EmulatorOptions Options { get; } = options;

    public CallWriter Writer { get; } = context.Features.Get<CallWriter>() ?? CallWriter.Default;

    public string Subject => Segment("subject");

    /// <summary>A decoded path segment.</summary>
    public string Segment(string key) => (string?)context.Request.RouteValues[key] ?? "";

    public string? Query(string key) => context.Request.Query[key].FirstOrDefault();

    /// <summary>All values of a comma-separated query parameter (raw or as %2C, once or repeated); null when it is absent.</summary>
    public IReadOnlyList<string>? QueryList(string key) => context.Request.Query.TryGetValue(key, out var values)
        ? [.. values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))]
        : null;

    public ViewOptions View() => new(Query("attribute_values") is "1" or "true", Caller.MayPublish(Subject));

    public ViewOptions View(Repository repository) => View() with { IsPublisher = Caller.MayPublish(repository.Subject) };

    public void RequirePublish() => Caller.RequirePublish(Subject);

    public Task<JsonElement?> BodyAsync() => RequestBody.ReadAsync(context.Request, context.RequestAborted);

    /// <summary>The body, a JSON object; an empty one where the client sent nothing.</summary>
    public async Task<JsonElement> ObjectBodyAsync()
    {
        var body = await BodyAsync() ?? JsonSerializer.SerializeToElement(new { });
        return body.ValueKind == JsonValueKind.Object ? body : throw Refusals.Invalid("The request body must be a JSON object");
    }

    public T Read<T>(Func<Session, T> work) => store.Read(work);

    public Task<T> WriteAsync<T>(Func<Session, T> work) => Writer.WriteAsync(store, work, context.RequestAborted);

    /// <summary>The repository that the path names. A private one is shown to its publishers only.</summary>
    public Repository Repository(Session session)
    {
        var repository = session.Repository(Subject, Segment("repo"));
        return CanSee(repository) ? repository : throw Refusals.Unauthenticated();
    }

    public Package Package(Session session) => session.Package(Repository(session), Segment("package"));

    public PackageVersion Version(Session session) => session.Version(Package(session), Segment("version"));

    public PackageVersion VersionOrLatest(Session session) => session.VersionOrLatest(Package(session), Segment("version"));

    public bool CanSee(StoredAttribute attribute) => !attribute.IsHidden || Caller.MayPublish(Subject);

    public bool CanSee(Repository repository) => !repository.IsPrivate || Caller.MayPublish(repository.Subject);
}
