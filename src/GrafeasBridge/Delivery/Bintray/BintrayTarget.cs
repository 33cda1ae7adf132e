using GrafeasBridge.Delivery.Http;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>A repository that speaks Bintray's REST API.</summary>
internal sealed partial class BintrayTarget(BintrayOptions options, TargetHttp http, ILogger<BintrayTarget> logger) : ITarget
{
    // Keeps the URL of a DELETE within what servers accept.
    private const int NamesPerDelete = 40;

    public static BintrayTarget Make(BintrayOptions options, TargetParts parts) => new(
        options,
        parts.Http(
            key => Credentials.Basic(options.Username, key),
            (method, status, body, location) => BintrayReplies.Judge(status, body, creates: method == HttpMethod.Post, location)),
        parts.Loggers.CreateLogger<BintrayTarget>());

    public bool Same(MappedAttribute wanted, CarriedAttribute carried) => BintrayTypes.Same(wanted, carried);

    public async Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(HttpMethod.Get, BintrayPaths.Attributes(version), null, cancellationToken);
        try
        {
            return BintrayCodec.ReadAttributes(reply.Body);
        }
        catch (FormatException fault)
        {
            throw new TargetException(
                DeliveryOutcome.MalformedResponse, $"The target answered {reply.Status} with something that is no list of attributes.", cause: fault);
        }
    }

    public async Task SetAsync(
        VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Patch, BintrayPaths.Attributes(version), BintrayCodec.Attributes(attributes), cancellationToken);

    public async Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var some in names.Chunk(NamesPerDelete))
            await CallAsync(HttpMethod.Delete, BintrayPaths.Attributes(version, some), null, cancellationToken);
    }

    /// <summary>Works its way up from the version to what holds it, and down again; every part is created at most once.</summary>
    public async Task PrepareAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken)
    {
        var known = new HashSet<BintrayPart> { BintrayPart.Version, ToCreate(version, PartOf(missing)) };
        var open = new Stack<BintrayPart>(known);
        while (open.TryPeek(out var part))
        {
            try
            {
                await CreateAsync(version, part, cancellationToken);
                open.Pop();
            }
            catch (TargetException holder) when (holder.Outcome == DeliveryOutcome.Missing)
            {
                var absent = PartOf(holder);
                if (absent == BintrayPart.Subject && part == BintrayPart.Repository)
                    throw NoSubject(version);
                var next = ToCreate(version, absent);
                if (!known.Add(next))
                    throw NotKept(holder);
                open.Push(next);
            }
        }
    }

    private static BintrayPart PartOf(TargetException missing) => BintrayParts.Of(missing.Missing!);

    /// <summary>The part that has to be created; a subject may come into being with its first repository.</summary>
    /// <exception cref="TargetException">When the configuration does not allow it, with what to do.</exception>
    private BintrayPart ToCreate(VersionCoordinates version, BintrayPart missing)
    {
        if (NotAllowed(version, missing) is { } sentence)
            throw Missing(missing, sentence);
        return missing == BintrayPart.Subject ? BintrayPart.Repository : missing;
    }

    private TargetException NoSubject(VersionCoordinates version) => Missing(
        BintrayPart.Subject,
        $"Subject '{version.Subject}' does not exist at target '{options.Name}'. "
        + "Create it there, or correct the occurrence's resource, then redeliver.");

    private static TargetException Missing(BintrayPart part, string sentence) =>
        new(DeliveryOutcome.Missing, sentence) { Missing = part.Word() };

    private static TargetException NotKept(TargetException holder) =>
        new(DeliveryOutcome.ReadBackMismatch, $"The target did not keep what it said it had created. {holder.Message}");

    private async Task CreateAsync(VersionCoordinates version, BintrayPart part, CancellationToken cancellationToken)
    {
        (var path, var body) = part switch
        {
            BintrayPart.Version => (BintrayPaths.Versions(version.InPackage), BintrayCodec.Version(version.Version)),
            BintrayPart.Package => (BintrayPaths.Packages(version), BintrayCodec.Package(BintrayNames.Package(version.Package), options.Licenses, options.VcsUrl)),
            BintrayPart.Repository => (BintrayPaths.Repository(version), BintrayCodec.Repository(version.Repo, options.RepositoryType)),
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "cannot be created"),
        };
        var name = Path(version, part);
        var reply = await http.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        if (reply.Failure == DeliveryOutcome.Rejected)
        {
            var remedy = part == BintrayPart.Package ? $" Set {options.Key}:Licenses and :VcsUrl, or create the package, then redeliver." : "";
            throw new TargetException(DeliveryOutcome.Rejected, $"The {part.Word()} '{name}' could not be created. {reply.Reason}{remedy}");
        }

        reply.OrThrow();
        if (reply.Status != 409)
            Log.Created(logger, part.Word(), name, options.Name);
    }

    /// <summary>What to do when something is missing that may not be created; null when it may.</summary>
    private string? NotAllowed(VersionCoordinates version, BintrayPart missing)
    {
        var level = missing switch
        {
            BintrayPart.Version => CreateMissing.Version,
            BintrayPart.Package => CreateMissing.Package,
            // A subject comes into being with its first repository where the target allows that; elsewhere the target says no.
            _ => CreateMissing.Repository,
        };
        return options.CreateMissing >= level
            ? null
            : $"{missing} '{Path(version, missing)}' does not exist at target '{options.Name}'. "
                + $"Create it, or set {options.Key}:CreateMissing to {level}, then redeliver.";
    }

    /// <summary>As the target spells it, since that is where somebody looks for it.</summary>
    private static string Path(VersionCoordinates version, BintrayPart part)
    {
        var there = version with { Package = BintrayNames.Package(version.Package) };
        return part switch
        {
            BintrayPart.Version => there.ToString(),
            BintrayPart.Package => there.InPackage.ToString(),
            BintrayPart.Repository => $"{version.Subject}/{version.Repo}",
            _ => version.Subject,
        };
    }

    private async Task<TargetReply> CallAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        (await http.SendAsync(method, path, json, cancellationToken)).OrThrow();

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Information, "Created {What} {Name} at target {Target}", EventName = "Created")]
        public static partial void Created(ILogger logger, string what, string name, string target);
    }
}
