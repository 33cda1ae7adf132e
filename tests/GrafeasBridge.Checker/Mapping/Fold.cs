using System.Security.Cryptography;
using System.Text;

namespace GrafeasBridge.Checker.Mapping;

/// <summary>An occurrence that contributes to a version. Its name and creation are unknown when nobody was told.</summary>
internal sealed record Contribution(Content Content, string Project, string Name, Instant? Created);

/// <summary>An attribute that a version must carry.</summary>
internal sealed record Expected(string Name, string Type, IReadOnlyList<string> Values);

/// <summary>The attributes of a version from the occurrences that tell builds, by the documented table.</summary>
internal static class Fold
{
    public const string OccurrenceAttribute = "grafeas.occurrence";
    public const string NoteAttribute = "grafeas.note";

    private const int Tellings = 32;
    private const int LongestValue = 1024;

    private static readonly HashSet<string> Dates = ["build.created", "build.started", "build.finished"];

    /// <summary>Every name that the table writes and these rules judge.</summary>
    public static readonly HashSet<string> Names =
    [
        "build.id", "build.name", "build.url", "build.creator", "build.trigger", "build.created", "build.started", "build.finished",
        "vcs.url", "vcs.revision", "vcs.branch", "builder.version", "builder.id", "build.type", "artifact.digest", "artifact.name",
        "provenance.format", "provenance.signed", "provenance.key", NoteAttribute,
    ];

    /// <summary>Null when which build is the newest hangs on a creation that nobody was told.</summary>
    public static IReadOnlyList<Expected>? Of(IReadOnlyList<Contribution> contributions, int maxValues)
    {
        var all = new List<Expected>();
        string[] notes = [.. contributions.Select(c => c.Content.NoteName).Where(n => n.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        if (notes.Length is > 0 && notes.Length <= maxValues)
            all.Add(new Expected(NoteAttribute, "string", notes));
        List<Contribution> builds = [.. contributions.Where(c => c.Content.Build is not null)];
        if (builds.Count == 0)
            return all;
        if (!IsOrderKnown(builds))
            return null;
        builds.Sort((one, other) => Compare(other, one));
        var items = builds.Take(Tellings).GroupBy(ItemOf, StringComparer.Ordinal);
        Contribution[] newest = [.. items.MaxBy(Rank, RankOrder)!];
        all.AddRange(Rows(newest, maxValues));
        return all;
    }

    /// <summary>Whether a value at the target is this one, or what is left of it where it is too long or holds what is not published.</summary>
    public static bool Fits(string expected, string actual)
    {
        if (expected == actual)
            return true;
        var mayHoldCredentials = expected.Contains("://", StringComparison.Ordinal) && expected.AsSpan().IndexOfAny('@', '?') >= 0;
        if (expected.Length <= LongestValue || mayHoldCredentials)
            return mayHoldCredentials;
        var end = "…sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
        return actual.Length <= LongestValue && actual.EndsWith(end, StringComparison.Ordinal)
            && expected.StartsWith(actual[..^end.Length], StringComparison.Ordinal);
    }

    private static IEnumerable<Expected> Rows(Contribution[] newestFirst, int maxValues)
    {
        Build[] tellings = [.. newestFirst.Select(c => c.Content.Build!)];
        foreach (var attribute in tellings.SelectMany(b => b.Single.Keys).Distinct(StringComparer.Ordinal))
        {
            var value = tellings.Where(b => b.Single.ContainsKey(attribute)).Select(b => b.Single[attribute]).MinBy(v => v.Place).Value;
            yield return new Expected(attribute, TypeOf(attribute), [value]);
        }

        foreach (var attribute in tellings.SelectMany(b => b.Sets.Keys).Distinct(StringComparer.Ordinal))
        {
            string[] values = [.. tellings.SelectMany(b => b.Sets[attribute]).Distinct().Order(StringComparer.Ordinal).Take(maxValues)];
            if (values.Length > 0)
                yield return new Expected(attribute, TypeOf(attribute), values);
        }
    }

    private static string TypeOf(string attribute) => attribute switch
    {
        _ when Dates.Contains(attribute) => "date",
        "builder.version" => "version",
        "provenance.signed" => "boolean",
        _ => "string",
    };

    // The end of the build says which is newer. A creation that nobody was told is missed where it would decide: without an end, against
    // another build of the same time, and among the tellings of one build.
    private static bool IsOrderKnown(List<Contribution> builds) => builds.Count == 1 || builds.TrueForAll(open =>
        open.Created is not null
        || open.Content.Build!.Finished is not null
        && !builds.Exists(b => b != open && (TimeOf(b) == TimeOf(open) || ItemOf(b) == ItemOf(open))));

    private static int Compare(Contribution one, Contribution other) =>
        RankOrder.Compare((TimeOf(one), one.Created ?? default, one.Name), (TimeOf(other), other.Created ?? default, other.Name));

    private static Instant TimeOf(Contribution telling) => telling.Content.Build!.Finished ?? telling.Created ?? default;

    // A finish that one telling gives is better than the creation of another that gives none.
    private static (Instant Time, Instant Created, string Name) Rank(IGrouping<string, Contribution> item)
    {
        var last = item.MaxBy(c => (c.Created ?? default, c.Name), CreationOrder)!;
        return (item.Max(c => c.Content.Build!.Finished) ?? last.Created ?? default, last.Created ?? default, last.Name);
    }

    private static readonly Comparer<(Instant Created, string Name)> CreationOrder = Comparer<(Instant Created, string Name)>.Create(
        (one, other) => one.Created.CompareTo(other.Created) is var created and not 0 ? created : string.CompareOrdinal(one.Name, other.Name));

    private static readonly Comparer<(Instant Time, Instant Created, string Name)> RankOrder =
        Comparer<(Instant Time, Instant Created, string Name)>.Create((one, other) => one.Time.CompareTo(other.Time) is var time and not 0
            ? time
            : CreationOrder.Compare((one.Created, one.Name), (other.Created, other.Name)));

    private static string ItemOf(Contribution telling)
    {
        var id = telling.Content.Build!.Id;
        if (id.Length == 0)
            return "alone " + telling.Name;
        return Guid.TryParseExact(id[(id.LastIndexOf('/') + 1)..], "D", out var bare) ? $"{telling.Project} {bare:D}" : $"{telling.Project} {id}";
    }
}
