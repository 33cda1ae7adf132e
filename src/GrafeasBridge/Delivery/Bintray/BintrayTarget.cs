using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>A repository that speaks Bintray's REST API.</summary>
internal sealed partial class BintrayTarget(TargetOptions options, BintrayClient client, ILogger<BintrayTarget> logger) : ITarget
{
    // Keeps the URL of a DELETE within what servers accept.
    private const int NamesPerDelete = 40;

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
                DeliveryOutcome.Garbled, $"The target answered {reply.Status} with something that is no list of attributes.", cause: fault);
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

    /// <summary>Works its way up from the version to what holds it, and down again; every level is made at most once.</summary>
    public async Task CreateAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken)
    {
        var known = new HashSet<DeliveryOutcome> { DeliveryOutcome.VersionMissing, Maker(version, missing.Outcome) };
        var toMake = new Stack<DeliveryOutcome>(known);
        while (toMake.TryPeek(out var level))
        {
            try
            {
                await MakeAsync(version, level, cancellationToken);
                toMake.Pop();
            }
            catch (TargetException holder) when (holder.Outcome.IsMissing())
            {
                if (holder.Outcome == DeliveryOutcome.SubjectMissing && level == DeliveryOutcome.RepoMissing)
                    throw NoSubject(version);
                var next = Maker(version, holder.Outcome);
                if (!known.Add(next))
                    throw NotKept(holder);
                toMake.Push(next);
            }
        }
    }

    /// <summary>The level that has to be made; a subject may come into being with its first repository.</summary>
    /// <exception cref="TargetException">When the configuration does not allow it, with what to do.</exception>
    private DeliveryOutcome Maker(VersionCoordinates version, DeliveryOutcome missing)
    {
        if (NotAllowed(version, missing) is { } sentence)
            throw new TargetException(missing, sentence);
        return missing == DeliveryOutcome.SubjectMissing ? DeliveryOutcome.RepoMissing : missing;
    }

    private TargetException NoSubject(VersionCoordinates version) => new(
        DeliveryOutcome.SubjectMissing,
        $"Subject '{version.Subject}' does not exist at target '{options.Name}'. "
        + "Create it there, or correct the occurrence's resource, then redeliver.");

    private static TargetException NotKept(TargetException holder) =>
        new(DeliveryOutcome.NotAsWritten, $"The target did not keep what it said it had created. {holder.Message}");

    private async Task MakeAsync(VersionCoordinates version, DeliveryOutcome level, CancellationToken cancellationToken)
    {
        (var what, var name, var path, var body) = level switch
        {
            DeliveryOutcome.VersionMissing =>
                ("version", version.ToString(), BintrayPaths.Versions(version.InPackage), BintrayCodec.Version(version.Version)),
            DeliveryOutcome.PackageMissing =>
                ("package", version.InPackage.ToString(), BintrayPaths.Packages(version),
                    BintrayCodec.Package(version.Package, options.Licenses, options.VcsUrl)),
            DeliveryOutcome.RepoMissing =>
                ("repository", $"{version.Subject}/{version.Repo}", BintrayPaths.Repository(version),
                    BintrayCodec.Repository(version.Repo, options.RepositoryType)),
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "cannot be made"),
        };
        var reply = await client.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        if (reply.Failure == DeliveryOutcome.Rejected)
        {
            var remedy = what == "package" ? $" Set {options.Key}:Licenses and :VcsUrl, or create the package, then redeliver." : "";
            throw new TargetException(DeliveryOutcome.Rejected, $"The {what} '{name}' could not be created. {reply.Reason}{remedy}");
        }

        reply.OrThrow();
        if (reply.Status != 409)
            Log.Created(logger, what, name, options.Name);
    }

    /// <summary>What to do when something is missing that may not be created; null when it may.</summary>
    private string? NotAllowed(VersionCoordinates version, DeliveryOutcome missing)
    {
        (var what, var name, var level) = missing switch
        {
            DeliveryOutcome.VersionMissing => ("Version", version.ToString(), CreateMissing.Version),
            DeliveryOutcome.PackageMissing => ("Package", version.InPackage.ToString(), CreateMissing.Package),
            DeliveryOutcome.RepoMissing => ("Repository", $"{version.Subject}/{version.Repo}", CreateMissing.Repository),
            // A subject comes into being with its first repository where the target allows that; elsewhere the target says no.
            _ => ("Subject", version.Subject, CreateMissing.Repository),
        };
        return options.CreateMissing >= level
            ? null
            : $"{what} '{name}' does not exist at target '{options.Name}'. "
                + $"Create it, or set {options.Key}:CreateMissing to {level}, then redeliver.";
    }

    private async Task<TargetReply> CallAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        (await client.SendAsync(method, path, json, cancellationToken)).OrThrow();

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Information, "Created {What} {Name} at target {Target}", EventName = "Created")]
        public static partial void Created(ILogger logger, string what, string name, string target);
    }
}
