using GrafeasBridge.Delivery.Http;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>The REST API of Bintray, at any endpoint that speaks it.</summary>
internal sealed class BintrayKind() : TargetKind<BintrayOptions>("Bintray")
{
    protected override IEnumerable<string> Problems(BintrayOptions options)
    {
        if (options.Username.Length == 0 || options.Username.Contains(':', StringComparison.Ordinal) || options.Username.Any(char.IsControl))
        {
            yield return $"{options.Key}:Username is '{Text.OneLine(options.Username, 80)}'; "
                + "set it to the user of the API key, without ':' or control characters.";
        }

        if (!Enum.IsDefined(options.CreateMissing))
        {
            yield return $"{options.Key}:CreateMissing is {options.CreateMissing}; "
                + $"set it to one of {string.Join(", ", Enum.GetNames<CreateMissing>())}.";
        }
    }

    protected override ITarget Create(BintrayOptions options, TargetParts parts) => BintrayTarget.Make(options, parts);
}
