namespace GrafeasBridge.Delivery.Bintray;

/// <summary>What leads to a version, from the outside in.</summary>
internal enum BintrayPart
{
    /// <summary>A user or an organisation.</summary>
    Subject,

    Repository,
    Package,
    Version,
}

internal static class BintrayParts
{
    // As the service calls them when one was not found, and as the bridge does.
    private static readonly (BintrayPart Part, string Said, string Word)[] Words =
    [
        (BintrayPart.Subject, "Subject", "subject"),
        (BintrayPart.Repository, "Repo", "repository"),
        (BintrayPart.Package, "Package", "package"),
        (BintrayPart.Version, "Version", "version"),
    ];

    /// <summary>The bridge's word for it.</summary>
    public static string Word(this BintrayPart part) => Words[(int)part].Word;

    /// <summary>The part that was not found, by the first word of the service's message; null for any other word.</summary>
    public static BintrayPart? Said(string word) =>
        Words.FirstOrDefault(w => w.Said.Equals(word, StringComparison.OrdinalIgnoreCase)) is { Word: not null } found ? found.Part : null;

    /// <summary>The part with this word.</summary>
    public static BintrayPart Of(string word) => Words.Single(w => w.Word == word).Part;
}
