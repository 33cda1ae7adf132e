using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>What tells one mapping table from another, so that a saved fold can say by which it was made.</summary>
internal sealed class TableFingerprints
{
    private readonly FrozenDictionary<string, string> rows;
    private readonly FrozenDictionary<string, string> groups;

    public TableFingerprints(MappingTable table)
    {
        groups = table.Groups.ToFrozenDictionary(
            s => s.Name,
            s => Hash([string.Join(' ', s.Kinds.Order()), .. s.About.Select(p => p.Text), "=", .. s.Same.Select(p => p.Text), "@", .. s.Time.Select(p => p.Text)]),
            StringComparer.Ordinal);
        rows = table.Rows.ToFrozenDictionary(
            r => r.Attribute,
            r => Hash([Shape(r), string.Join(' ', r.Kinds.Order()), r.Group?.Name ?? "", .. r.From.Select(f => f.Text)]),
            StringComparer.Ordinal);
        Table = Hash(
            [.. groups.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => new[] { s.Key, s.Value }), "/",
            .. rows.OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => new[] { r.Key, r.Value })]);
    }

    /// <summary>The fingerprint of the whole table.</summary>
    public string Table { get; }

    public string Of(MappingRow row) => rows[row.Attribute];

    public string Of(EventGroup group) => groups[group.Name];

    /// <summary>What a row's saved values must agree in to be of any use to it.</summary>
    public static string Shape(MappingRow row) => $"{row.Type} {row.SeveralName}";

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 8));
}
