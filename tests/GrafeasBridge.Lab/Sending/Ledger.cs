using System.Collections.Concurrent;

namespace GrafeasBridge.Lab.Sending;

/// <summary>The names that senders were told, by the package and version that they sent them about.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<(string Package, string Version), ConcurrentDictionary<string, bool>> told = new();
    private readonly ConcurrentDictionary<(string Package, string Version), DateTimeOffset> lastTold = new();

    public int Versions => told.Count;

    public int Names => told.Values.Sum(names => names.Count);

    public IReadOnlyList<(string Package, string Version)> All => [.. told.Keys];

    public void Add(string resource, string name)
    {
        // acme-docker-images.bintray.io/team/web:1.0.7 is about version 1.0.7 of package team/web.
        var image = resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var colon = image.LastIndexOf(':');
        var package = image[..colon];
        lastTold[(package, image[(colon + 1)..])] = TimeProvider.System.GetUtcNow();
        told.GetOrAdd((package, image[(colon + 1)..]), _ => new ConcurrentDictionary<string, bool>(StringComparer.Ordinal))[name] = true;
    }

    /// <summary>When the last answer about a version came.</summary>
    public DateTimeOffset LastTold(string package, string version) => lastTold[(package, version)];

    /// <summary>What is known now; an answer to a question that is asked afterwards must have it in it.</summary>
    public IReadOnlyList<string> Known(string package, string version) =>
        told.TryGetValue((package, version), out var names) ? [.. names.Keys.Order(StringComparer.Ordinal)] : [];
}
