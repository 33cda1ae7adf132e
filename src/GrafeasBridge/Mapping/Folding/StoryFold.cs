using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>
/// The rows of one story. Occurrences that tell the same item (one build, told in two forms) complete one another; the newest
/// item then gives every value, so that no two items are ever mixed.
/// </summary>
/// <remarks>
/// Only the newest <see cref="Kept"/> occurrences are held: which these are does not depend on the order of arrival, and an
/// item that is told by more, or told again after so many newer ones, is completed by those among them.
/// </remarks>
internal sealed class StoryFold(Story story, IReadOnlyList<MappingRow> rows, Limits limits) : IRowFold
{
    public const int Kept = 32;

    private static readonly IComparer<(Moment Time, Stamp Stamp)> ByTime = Comparer<(Moment Time, Stamp Stamp)>.Create((one, other) =>
    {
        var time = one.Time.CompareTo(other.Time);
        return time != 0 ? time : Stamp.Compare(one.Stamp, other.Stamp);
    });

    private readonly SortedSet<Telling> newest = new(Telling.Order);
    private readonly bool[] gaps = new bool[rows.Count];

    public void Add(Occurrence occurrence, NoteKind kind, Stamp stamp)
    {
        if (!story.Kinds.Contains(kind) || !story.About.Any(path => path.Read(occurrence).Any()))
            return;
        var time = story.Time.SelectMany(path => path.Read(occurrence)).Select(f => Moment.Of(f.Value)).FirstOrDefault(t => t is not null);
        var telling = new Telling(ItemOf(occurrence, stamp), time, stamp, new RowReading?[rows.Count]);
        if (newest.Count == Kept && Telling.Order.Compare(telling, newest.Min) < 0)
            return;

        for (var i = 0; i < rows.Count; i++)
            telling.Readings[i] = RowReading.Of(rows[i], occurrence, limits);
        Keep(telling);
    }

    public IEnumerable<MappedAttribute> Finish()
    {
        var item = newest.Reverse().GroupBy(t => t.Item, StringComparer.Ordinal).Select(g => g.ToList()).MaxBy(TimeOf, ByTime);
        return item is null ? [] : Enumerable.Range(0, rows.Count).Select(row => Attribute(row, item)).OfType<MappedAttribute>();
    }

    public void Restore(Restoring saved)
    {
        var known = saved.Of(story);
        var places = new int[rows.Count];
        for (var i = 0; i < rows.Count; i++)
            (places[i], gaps[i]) = saved.Of(rows[i], known);
        foreach (var one in known?.Tellings ?? [])
        {
            Moment? time = one.Seconds is { } seconds ? new Moment(seconds, one.Nanos) : null;
            var telling = new Telling(one.Item, time, one.Stamp.Restored(), new RowReading?[rows.Count]);
            for (var i = 0; i < rows.Count; i++)
            {
                var place = places[i];
                telling.Readings[i] = one.Readings.FirstOrDefault(r => r.Row == place) is { } reading ? saved.Restored(rows[i], reading) : null;
            }

            Keep(telling);
        }
    }

    public void Save(Saving into)
    {
        if (newest.Count == 0 && !gaps.Contains(value: true))
            return;
        into.Stories.Add(new SavedStory(
            story.Name,
            into.DefinitionOf(story),
            [.. rows.Select((row, i) => into.Head(row, gaps[i]))],
            [.. newest.Select(t => new SavedTelling(t.Item, t.Time?.Seconds, t.Time?.Nanos ?? 0, SavedStamp.Of(t.Stamp), [.. Saved(t)]))]));
    }

    private IEnumerable<SavedReading> Saved(Telling telling)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (telling.Readings[i] is { } reading)
                yield return new SavedReading(i, reading.Values, rows[i].SourceText(reading.Source), reading.Field, reading.Losses);
        }
    }

    private void Keep(Telling telling)
    {
        newest.Add(telling);
        if (newest.Count > Kept)
            newest.Remove(newest.Min!);
    }

    // A finish time that one of the tellings gives is better than the creation of another that gives none.
    private static (Moment Time, Stamp Stamp) TimeOf(List<Telling> item)
    {
        var created = item.Select(t => t.Stamp).Max(Stamp.Order)!;
        return (item.Max(t => t.Time) ?? created.Created, created);
    }

    private MappedAttribute? Attribute(int row, List<Telling> newestFirst)
    {
        var telling = newestFirst.Where(t => t.Readings[row] is not null).ToList();
        if (telling.Count == 0)
            return null;
        var isSet = rows[row].Several == Several.NewestSet;
        var decided = isSet ? telling[0] : telling.MinBy(t => t.Readings[row]!.Source)!;
        var reading = isSet ? RowReading.Merge([.. telling.Select(t => t.Readings[row]!)], limits) : decided.Readings[row]!;
        return new Witness(decided.Stamp, reading.Source, reading.Field, reading.Losses).Attribute(
            rows[row], reading.Values, limits.Tell(reading.Losses | (gaps[row] ? Losses.Gap : Losses.None), $"the first {limits.MaxValues} in order"));
    }

    private string ItemOf(Occurrence occurrence, Stamp stamp)
    {
        var same = story.Same
            .SelectMany(path => path.Read(occurrence))
            .Select(f => Canonical.Plain(f.Value))
            .FirstOrDefault(t => t is not null);
        return same is null ? "alone " + stamp.Identity : $"{ProjectOf(occurrence.Name)} {IdOf(same)}";
    }

    // Google Cloud Build gives a build's bare GUID in one form of provenance, and its address that ends in it in another.
    private static string IdOf(string id) =>
        Guid.TryParseExact(id[(id.LastIndexOf('/') + 1)..], "D", out var guid) ? guid.ToString("D") : id;

    private static string ProjectOf(string name) => name.Split('/') is ["projects", var project, ..] ? project : string.Empty;

    /// <summary>What one occurrence tells of an item.</summary>
    private sealed record Telling(string Item, Moment? Time, Stamp Stamp, RowReading?[] Readings)
    {
        /// <summary>From old to new.</summary>
        public static readonly Comparer<Telling> Order =
            Comparer<Telling>.Create((one, other) => ByTime.Compare(one.Rank, other.Rank));

        private (Moment Time, Stamp Stamp) Rank => (Time ?? Stamp.Created, Stamp);
    }
}
