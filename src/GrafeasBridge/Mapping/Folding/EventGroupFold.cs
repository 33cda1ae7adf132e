using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>
/// The rows of one group. Occurrences that report the same event (one build in two formats) complete one another; the newest
/// event then gives every value, so that no two events are ever mixed.
/// </summary>
/// <remarks>
/// Only the newest <see cref="Kept"/> occurrences are held: which these are does not depend on the order of arrival, and an
/// event with more reports, or reported again after so many newer ones, is completed by those among them.
/// </remarks>
internal sealed class EventGroupFold(EventGroup group, IReadOnlyList<MappingRow> rows, AttributeLimits limits) : IRowFold
{
    public const int Kept = 32;

    private static readonly IComparer<(Moment Time, OccurrenceSortKey SortKey)> ByTime = Comparer<(Moment Time, OccurrenceSortKey SortKey)>.Create((one, other) =>
    {
        var time = one.Time.CompareTo(other.Time);
        return time != 0 ? time : OccurrenceSortKey.Compare(one.SortKey, other.SortKey);
    });

    private readonly SortedSet<EventReport> newest = new(EventReport.Order);
    private readonly bool[] gaps = new bool[rows.Count];

    public void Add(Occurrence occurrence, NoteKind kind, OccurrenceSortKey key)
    {
        if (!group.Kinds.Contains(kind) || !group.About.Any(path => path.Read(occurrence).Any()))
            return;
        var time = group.Time.SelectMany(path => path.Read(occurrence)).Select(f => Moment.Of(f.Value)).FirstOrDefault(t => t is not null);
        var report = new EventReport(EventOf(occurrence, key), time, key, new RowValues?[rows.Count]);
        if (newest.Count == Kept && EventReport.Order.Compare(report, newest.Min) < 0)
            return;

        for (var i = 0; i < rows.Count; i++)
            report.Readings[i] = RowValues.Of(rows[i], occurrence, limits);
        Keep(report);
    }

    public IEnumerable<MappedAttribute> Finish()
    {
        var item = newest.Reverse().GroupBy(t => t.Item, StringComparer.Ordinal).Select(g => g.ToList()).MaxBy(TimeOf, ByTime);
        return item is null ? [] : Enumerable.Range(0, rows.Count).Select(row => Attribute(row, item)).OfType<MappedAttribute>();
    }

    public void Restore(FoldRestorer saved)
    {
        var known = saved.Of(group);
        var places = new int[rows.Count];
        for (var i = 0; i < rows.Count; i++)
            (places[i], gaps[i]) = saved.Of(rows[i], known);
        foreach (var one in known?.Reports ?? [])
        {
            Moment? time = one.Seconds is { } seconds ? new Moment(seconds, one.Nanos) : null;
            var report = new EventReport(one.Item, time, one.SortKey.Restored(), new RowValues?[rows.Count]);
            for (var i = 0; i < rows.Count; i++)
            {
                var place = places[i];
                report.Readings[i] = one.Readings.FirstOrDefault(r => r.Row == place) is { } reading ? saved.Restored(rows[i], reading) : null;
            }

            Keep(report);
        }
    }

    public void Save(FoldSaver into)
    {
        if (newest.Count == 0 && !gaps.Contains(value: true))
            return;
        into.Groups.Add(new SavedEventGroup(
            group.Name,
            into.DefinitionOf(group),
            [.. rows.Select((row, i) => into.Head(row, gaps[i]))],
            [.. newest.Select(t => new SavedEventReport(t.Item, t.Time?.Seconds, t.Time?.Nanos ?? 0, SavedSortKey.Of(t.SortKey), [.. Saved(t)]))]));
    }

    private IEnumerable<SavedRowValues> Saved(EventReport report)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (report.Readings[i] is { } reading)
                yield return new SavedRowValues(i, reading.Values, rows[i].SourceText(reading.Source), reading.Field, reading.Losses);
        }
    }

    private void Keep(EventReport report)
    {
        newest.Add(report);
        if (newest.Count > Kept)
            newest.Remove(newest.Min!);
    }

    // A finish time that one of the reports gives is better than the creation of another that gives none.
    private static (Moment Time, OccurrenceSortKey SortKey) TimeOf(List<EventReport> item)
    {
        var created = item.Select(t => t.SortKey).Max(OccurrenceSortKey.Order)!;
        return (item.Max(t => t.Time) ?? created.Created, created);
    }

    private MappedAttribute? Attribute(int row, List<EventReport> newestFirst)
    {
        var report = newestFirst.Where(t => t.Readings[row] is not null).ToList();
        if (report.Count == 0)
            return null;
        var isSet = rows[row].Several == Several.NewestSet;
        var decided = isSet ? report[0] : report.MinBy(t => t.Readings[row]!.Source)!;
        var reading = isSet ? RowValues.Merge([.. report.Select(t => t.Readings[row]!)], limits) : decided.Readings[row]!;
        return new ValueOrigin(decided.SortKey, reading.Source, reading.Field, reading.Losses).Attribute(
            rows[row], reading.Values, limits.DescribeLosses(reading.Losses | (gaps[row] ? Losses.Gap : Losses.None), $"the first {limits.MaxValues} in order"));
    }

    private string EventOf(Occurrence occurrence, OccurrenceSortKey key)
    {
        var same = group.Same
            .SelectMany(path => path.Read(occurrence))
            .Select(f => Canonical.Plain(f.Value))
            .FirstOrDefault(t => t is not null);
        return same is null ? "alone " + key.Identity : $"{ProjectOf(occurrence.Name)} {IdOf(same)}";
    }

    // Google Cloud Build gives a build's bare GUID in one form of provenance, and its address that ends in it in another.
    private static string IdOf(string id) =>
        Guid.TryParseExact(id[(id.LastIndexOf('/') + 1)..], "D", out var guid) ? guid.ToString("D") : id;

    private static string ProjectOf(string name) => name.Split('/') is ["projects", var project, ..] ? project : string.Empty;

    /// <summary>What one occurrence says about an event.</summary>
    private sealed record EventReport(string Item, Moment? Time, OccurrenceSortKey SortKey, RowValues?[] Readings)
    {
        /// <summary>From old to new.</summary>
        public static readonly Comparer<EventReport> Order =
            Comparer<EventReport>.Create((one, other) => ByTime.Compare(one.Rank, other.Rank));

        private (Moment Time, OccurrenceSortKey SortKey) Rank => (Time ?? SortKey.Created, SortKey);
    }
}
