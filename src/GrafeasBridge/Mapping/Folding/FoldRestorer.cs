using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>
/// Gives a saved state to the rows of the table of today. A row that reads other sources than then keeps what was saved, one whose
/// type or way of gathering changed cannot; either, and a row that was not there, tells that something may be missing.
/// </summary>
internal sealed class FoldRestorer(SavedFold saved, TableFingerprints now, AttributeLimits limits)
{
    private readonly Dictionary<string, SavedRow> rows = saved.Rows.ToDictionary(r => r.Attribute, StringComparer.Ordinal);
    private readonly Dictionary<string, SavedEventGroup> groups = saved.Groups.ToDictionary(s => s.Name, StringComparer.Ordinal);
    private readonly bool isSameTable = saved.Table == now.Table;
    private readonly bool areSameLimits = saved.MaxValues == limits.MaxValues && saved.MaxValueLength == limits.MaxValueLength;

    public (SavedRow? Row, bool Gap) Of(MappingRow row)
    {
        if (!rows.TryGetValue(row.Attribute, out var found))
            return (null, !isSameTable);
        if (found.Shape != TableFingerprints.Shape(row))
            return (null, true);
        var wasCut = !areSameLimits && (found.TooMany || found.Origins.Any(w => IsCut(w.Losses)));
        return (found, found.Gap || wasCut || found.Definition != now.Of(row));
    }

    /// <returns>Null when nothing was saved for it.</returns>
    public SavedEventGroup? Of(EventGroup group) => groups.GetValueOrDefault(group.Name);

    /// <summary>Where a row of a group stands in what was saved; -1 when nothing there is of use to it.</summary>
    public (int Place, bool Gap) Of(MappingRow row, SavedEventGroup? group)
    {
        if (group is null)
            return (-1, !isSameTable);
        for (var i = 0; i < group.Rows.Count; i++)
        {
            if (group.Rows[i].Attribute != row.Attribute)
                continue;
            if (group.Rows[i].Shape != TableFingerprints.Shape(row))
                return (-1, true);
            var wasCut = !areSameLimits && group.Reports.Any(t => t.Readings.Any(r => r.Row == i && IsCut(r.Losses)));
            return (i, group.Rows[i].Gap || wasCut || group.Rows[i].Definition != now.Of(row) || group.Definition != now.Of(row.Group!));
        }

        return (-1, !isSameTable);
    }

    public RowValues Restored(MappingRow row, SavedRowValues reading)
    {
        var losses = reading.Losses;
        var values = reading.Values.Select(v => Fit(v, ref losses)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return new RowValues(values, row.SourceOf(reading.Source), reading.Field, losses);
    }

    /// <summary>The value within the limits of today.</summary>
    public string Fit(string value, ref Losses losses)
    {
        if (areSameLimits)
            return value;
        var (text, lost) = limits.Fit(value);
        losses |= lost;
        return text;
    }

    private static bool IsCut(Losses losses) => (losses & (Losses.Shortened | Losses.TooMany)) != Losses.None;
}
