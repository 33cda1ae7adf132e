using System.Text.Json.Nodes;

namespace BintrayEmulator.Storage;

/// <summary>A repository; <paramref name="Fields"/> holds what its owner set, times are Unix milliseconds.</summary>
internal sealed record Repository(long Id, string Subject, string Name, JsonObject Fields, long Created)
{
    public bool IsPrivate => Fields["private"]?.GetValue<bool>() ?? false;

    public bool IsPremium => Fields["premium"]?.GetValue<bool>() ?? false;

    public string Type => Fields["type"]?.GetValue<string>() ?? "generic";

    public string Path => $"{Subject}/{Name}";
}

/// <summary>A package of a repository.</summary>
internal sealed record Package(long Id, Repository Repository, string Name, JsonObject Fields, long Created, long Updated)
{
    public string Path => $"{Repository.Path}/{Name}";
}

/// <summary>A version of a package; ordinals count up in the order of creation.</summary>
internal sealed record PackageVersion(long Id, Package Package, string Name, JsonObject Fields, long Ordinal, long Created, long Updated)
{
    public AttributeOwner Owner => new(Id, IsVersion: true);
}

/// <summary>A callback that a user registered for a package. It is kept and never called.</summary>
internal sealed record Webhook(string Package, string Url, string Method);

/// <summary>What a version carried after one change.</summary>
/// <param name="Verb">The method, <c>create</c> or <c>delete</c> of the version, or what else changed it.</param>
/// <param name="Attributes">JSON, as a GET answers it.</param>
internal sealed record HistoryEntry(
    long Sequence,
    long Time,
    string Subject,
    string Repo,
    string Package,
    string Version,
    string Verb,
    string Attributes);

/// <summary>What attributes hang on: a version, or a package.</summary>
internal readonly record struct AttributeOwner(long Id, bool IsVersion);
