namespace BintrayEmulator.Http;

/// <summary>
/// Every refusal in one place. Texts that public issues and client tests recorded from the service are kept to the letter; the others,
/// of which no record is known, are our own.
/// </summary>
internal static class Refusals
{
    // Recorded.
    public static RefusedException Unauthenticated() => new(StatusCodes.Status401Unauthorized, "This resource requires authentication")
    {
        Headers = [("WWW-Authenticate", "Basic realm=\"Bintray API Realm (emulator)\"")],
    };

    public static RefusedException CallLimit() => new(StatusCodes.Status403Forbidden, "You have exceeded your API call limit");

    public static RefusedException SubjectMissing(string name) => Missing("Subject", name);

    public static RefusedException RepoMissing(string name) => Missing("Repo", name);

    public static RefusedException PackageMissing(string name) => Missing("Package", name);

    public static RefusedException VersionMissing(string name) => Missing("Version", name);

    public static RefusedException VersionExists(string path, string version) =>
        new(StatusCodes.Status409Conflict, $"Version {version} for path '{path}' already exists");

    public static RefusedException LicenceMissing(string path) =>
        Invalid($"Package for path '{path}' was invalid. Package license is mandatory");

    public static RefusedException LicenceUnknown(string licence) => Invalid($"License '{licence}' does not exist");

    public static RefusedException VcsUrlMissing() => Invalid("Please enter a valid VCS URL for your OSS package.");

    public static RefusedException SnapshotVersion(string path, string version) =>
        Invalid($"Unable to create version {version} at '{path}'");

    // Ours: the service's words are not known.
    public static RefusedException PackageExists(string path, string name) =>
        new(StatusCodes.Status409Conflict, $"Package {name} for path '{path}' already exists");

    public static RefusedException RepoExists(string subject, string name) =>
        new(StatusCodes.Status409Conflict, $"Repo {name} for path '{subject}' already exists");

    public static RefusedException NotPremium(string subject, string repo) =>
        new(StatusCodes.Status403Forbidden, $"Repository '/{subject}/{repo}' must be premium");

    public static RefusedException WebhookLimit(int limit) =>
        new(StatusCodes.Status403Forbidden, $"A user may register at most {limit} webhooks");

    public static RefusedException Invalid(string message) => new(StatusCodes.Status400BadRequest, message);

    private static RefusedException Missing(string what, string name) =>
        new(StatusCodes.Status404NotFound, $"{what} '{name}' was not found");
}
