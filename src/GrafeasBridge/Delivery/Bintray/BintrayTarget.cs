using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>A repository that speaks Bintray's REST API.</summary>
internal sealed partial class BintrayTarget(TargetOptions options, BintrayClient client, ILogger<BintrayTarget> logger) : ITarget
{
    // Keeps the URL of a DELETE within what servers accept.
    private const int NamesPerDelete = 40;

    public async Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        TargetReply reply = await CallAsync(HttpMethod.Get, BintrayPaths.Attributes(version), null, cancellationToken);
        try
        {
            return BintrayCodec.ReadAttributes(reply.Body);
        }
        catch (FormatException fault)
        {
            throw new TargetException(
                DeliveryOutcome.Garbled, $"The target answered {reply.Status} with something else than a list of attributes.", cause: fault);
        }
    }

    public async Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Patch, BintrayPaths.Attributes(version), BintrayCodec.Attributes(attributes), cancellationToken);

    public async Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (string[] some in names.Chunk(NamesPerDelete))
            await CallAsync(HttpMethod.Delete, BintrayPaths.Attributes(version, some), null, cancellationToken);
    }

    public async Task CreateAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken)
    {
        if (NotAllowed(version, missing.Outcome) is { } sentence)
            throw new TargetException(missing.Outcome, sentence);
        try
        {
            await CreateAsync(
                "version", version.ToString(), BintrayPaths.Versions(version.InPackage), BintrayCodec.Version(version.Version), cancellationToken);
        }
        catch (TargetException holder) when (holder.Outcome is DeliveryOutcome.PackageMissing or DeliveryOutcome.RepoMissing or DeliveryOutcome.SubjectMissing)
        {
            if (NotAllowed(version, holder.Outcome) is { } holderSentence)
                throw new TargetException(holder.Outcome, holderSentence);
            await CreatePackageAsync(version, cancellationToken);
            await CreateAsync(
                "version", version.ToString(), BintrayPaths.Versions(version.InPackage), BintrayCodec.Version(version.Version), cancellationToken);
        }
    }

    private async Task CreatePackageAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        byte[] body = BintrayCodec.Package(version.Package, options.Licenses, options.VcsUrl);
        try
        {
            await CreateAsync("package", version.InPackage.ToString(), BintrayPaths.Packages(version), body, cancellationToken);
        }
        catch (TargetException holder) when (holder.Outcome is DeliveryOutcome.RepoMissing or DeliveryOutcome.SubjectMissing)
        {
            if (NotAllowed(version, holder.Outcome) is { } sentence)
                throw new TargetException(holder.Outcome, sentence);
            await CreateAsync(
                "repository", $"{version.Subject}/{version.Repo}", BintrayPaths.Repository(version),
                BintrayCodec.Repository(version.Repo, options.RepositoryType), cancellationToken);
            await CreateAsync("package", version.InPackage.ToString(), BintrayPaths.Packages(version), body, cancellationToken);
        }
    }

    private async Task CreateAsync(string what, string name, string path, byte[] body, CancellationToken cancellationToken)
    {
        TargetReply reply = await client.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        if (reply.Failure == DeliveryOutcome.Rejected)
        {
            string remedy = what == "package" ? $" Set {options.Key}:Licenses and :VcsUrl, or create the package, then redeliver." : "";
            throw new TargetException(DeliveryOutcome.Rejected, $"The {what} '{name}' could not be created. {reply.Reason}{remedy}");
        }

        reply.OrThrow();
        if (reply.Status != 409)
            Log.Created(logger, what, name, options.Name);
    }

    /// <summary>What to do when something is missing that may not be created; null when it may.</summary>
    private string? NotAllowed(VersionCoordinates version, DeliveryOutcome missing)
    {
        (string what, string name, CreateMissing level) = missing switch
        {
            DeliveryOutcome.VersionMissing => ("Version", version.ToString(), CreateMissing.Version),
            DeliveryOutcome.PackageMissing => ("Package", version.InPackage.ToString(), CreateMissing.Package),
            DeliveryOutcome.RepoMissing => ("Repository", $"{version.Subject}/{version.Repo}", CreateMissing.Repository),
            // A subject comes into being with its first repository where the target allows that; elsewhere the target says no.
            _ => ("Subject", version.Subject, CreateMissing.Repository),
        };
        return options.CreateMissing >= level
            ? null
            : $"{what} '{name}' does not exist at target '{options.Name}'. Create it, or set {options.Key}:CreateMissing to {level}, then redeliver.";
    }

    private async Task<TargetReply> CallAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        (await client.SendAsync(method, path, json, cancellationToken)).OrThrow();

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Information, "Created {What} {Name} at target {Target}", EventName = "Created")]
        public static partial void Created(ILogger logger, string what, string name, string target);
    }
}
