using System.Security.Cryptography;
using System.Text;
using GrafeasBridge.Receipts;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>
/// The text under the hash of what was read back. Made of what the target answered and nothing else, so that anyone can make it again
/// from the target's REST API: Receipts/README.md says how.
/// </summary>
internal static class ReadBackText
{
    /// <param name="names">The attributes that the bridge wants; others' come and go as they like.</param>
    /// <param name="carried">All that the target carries.</param>
    public static ReadBack Of(IReadOnlyList<string> names, IReadOnlyList<CarriedAttribute> carried)
    {
        // The last one counts when a target repeats a name, as it does when it is compared.
        var there = new Dictionary<string, CarriedAttribute>(StringComparer.Ordinal);
        foreach (var attribute in carried)
            there[attribute.Name] = attribute;
        string[] sorted = [.. names.Where(there.ContainsKey).Order(ByBytes)];
        var values = new List<string>();
        foreach (var name in sorted)
        {
            var attribute = there[name];
            values.Add(name);
            values.Add(attribute.Type?.ToString().ToLowerInvariant() ?? string.Empty);
            values.Add(SignedText.Number(attribute.Values.Count));
            values.AddRange(attribute.Values.Order(ByBytes));
        }

        return new ReadBack(SHA256.HashData(SignedText.Lines([.. values])), sorted);
    }

    private static readonly Comparer<string> ByBytes = Comparer<string>.Create(
        (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
}
