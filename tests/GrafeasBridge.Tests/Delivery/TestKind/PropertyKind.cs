using System.Text.Json;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Http;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Tests.Delivery.TestKind;

internal sealed class PropertyOptions : TargetOptions
{
    /// <summary>The part of the repository that holds the items.</summary>
    public string Area { get; set; } = "";

    [SettingRange(1, 1000)]
    public int NamesPerCall { get; set; } = 20;
}

/// <summary>A kind of target as somebody would add one: nothing but this folder, and one line that registers it.</summary>
internal sealed class PropertyKind() : TargetKind<PropertyOptions>("Properties")
{
    protected override IEnumerable<string> Problems(PropertyOptions options)
    {
        if (options.Area.Length == 0 || !options.Area.All(char.IsAsciiLetter))
            yield return $"{options.Key}:Area is '{options.Area}'; set it to letters.";
    }

    protected override ITarget Create(PropertyOptions options, TargetParts parts) =>
        new PropertyTarget(options, parts.Http(Credentials.Bearer, Judge));

    private static TargetVerdict Judge(HttpMethod method, int status, ReadOnlySpan<byte> body, Uri? location) =>
        status == 404 && body.SequenceEqual("no item"u8)
            ? new TargetVerdict(DeliveryOutcome.Missing, "The target has no such item.", "item")
            : HttpReplies.Judge(status, HttpReplies.Said(status, null), location);
}

internal sealed class PropertyTarget(PropertyOptions options, TargetHttp http) : ITarget
{
    public async Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken)
    {
        var reply = (await http.SendAsync(HttpMethod.Get, Path(version), null, cancellationToken)).OrThrow();
        return [.. JsonSerializer.Deserialize<Dictionary<string, string[]>>(reply.Body.Span)!.Select(p => new CarriedAttribute(p.Key, null, p.Value))];
    }

    // No types, and no upper case.
    public bool Same(MappedAttribute wanted, CarriedAttribute carried) =>
        wanted.Values.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(carried.Values);

    public Task PrepareAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken) =>
        throw new TargetException(
            DeliveryOutcome.Missing, $"Area '{options.Area}' of target '{options.Name}' has no item '{version}'. Upload it, then redeliver.")
        {
            Missing = missing.Missing,
        };

    public async Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(attributes.ToDictionary(a => a.Name, a => a.Values));
        (await http.SendAsync(HttpMethod.Put, Path(version), body, cancellationToken)).OrThrow();
    }

    public async Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var some in names.Chunk(options.NamesPerCall))
        {
            var query = string.Join('&', some.Select(name => "name=" + Uri.EscapeDataString(name)));
            (await http.SendAsync(HttpMethod.Delete, $"{Path(version)}?{query}", null, cancellationToken)).OrThrow();
        }
    }

    private string Path(VersionCoordinates version) => $"/{options.Area}/{version}";
}
