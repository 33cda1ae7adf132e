using GrafeasBridge.V1;
using Spectre.Console;

namespace GrafeasBridge.Cli.Output;

/// <summary>Answers as tables.</summary>
internal static class Tables
{
    public static Table New(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowRowSeparators = false };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Screen.Cell(column, new Style(decoration: Decoration.Bold))));

        return table;
    }

    public static Table Of(IEnumerable<VersionSummary> versions)
    {
        var table = New("Version", "State", "Revision", "Attempts", "Next attempt", "Last");
        foreach (var v in versions)
        {
            table.AddRow(
                Screen.Cell(Path(v)),
                State(v.State),
                Screen.Cell(Revision(v)),
                Screen.Cell(Number(v.Attempts)),
                Screen.Cell(Time(v.NextAttemptTime)),
                Screen.Cell(Last(v)));
        }

        return table;
    }

    public static Table Of(IEnumerable<MappedAttribute> attributes)
    {
        var table = New("Attribute", "Type", "Value", "Rule", "From", "Occurrence");
        foreach (var a in attributes)
        {
            var value = string.Join('\n', a.Values) + (a.Loss.Length == 0 ? "" : $"\n(left out: {a.Loss})");
            string[] cells = [a.Name, Name(a.Type), value, a.Rule, a.SourceField, a.SourceOccurrence];
            table.AddRow(cells.Select(text => Screen.Cell(text)).ToArray());
        }

        return table;
    }

    public static Grid Of(VersionReport report)
    {
        var v = report.Summary;
        var grid = new Grid().AddColumns(2);
        void Add(string label, string value)
        {
            if (value.Length > 0)
                grid.AddRow(Screen.Cell(label), Screen.Cell(value));
        }

        Add("Version", Path(v));
        grid.AddRow(Screen.Cell("State"), State(v.State));
        Add("Revision", Revision(v));
        Add("Attempts", Number(v.Attempts));
        Add("Next attempt", Time(v.NextAttemptTime));
        Add("Last", Last(v));
        Add("Failing since", Time(v.FailingSince));
        Add("Changed", Time(v.UpdateTime));
        Add("Verified", Time(v.VerifiedTime));
        Add("Occurrences", Number(report.OccurrenceCount));
        Add("Problem", report.Explanation?.Problem ?? "");
        Add("What to do", report.Explanation?.Advice ?? "");
        Add("Try again", report.Explanation?.Command ?? "");
        return grid;
    }

    public static Table OfParked(IEnumerable<VersionSummary> versions)
    {
        var table = New("Version", "Since", "Outcome", "Reason");
        foreach (var v in versions)
            table.AddRow(Screen.Cell(Path(v)), Screen.Cell(Time(v.FailingSince)), Screen.Cell(v.LastOutcome), Screen.Cell(v.LastReason));

        return table;
    }

    public static Table Of(IEnumerable<AttributeDifference> differences)
    {
        var table = New("Attribute", "Wanted", "The target has");
        foreach (var d in differences)
            table.AddRow(Screen.Cell(d.Name), Screen.Cell(string.Join('\n', d.Wanted)), Screen.Cell(string.Join('\n', d.Carried)));

        return table;
    }

    public static Table Of(IEnumerable<TargetReport> targets)
    {
        var table = New("Target", "Backlog", "Oldest", "Parked", "Drifted", "Paused until", "Limit", "At once", "Calls per version", "Drained in");
        foreach (var t in targets)
        {
            var paused = $"{Time(t.PausedUntil)} {t.PauseReason}".Trim();
            var limit = t.Limit is { } l ? $"{Number(l.Calls)} in {Number(l.Window.ToTimeSpan().TotalSeconds)} s ({l.Source.ToLowerInvariant()})" : "";
            string[] cells =
            [
                t.Name,
                Number(t.Backlog),
                Time(t.OldestTime),
                Number(t.Parked),
                Number(t.Drifted),
                paused,
                limit,
                t.HasConcurrency ? Number(t.Concurrency) : "",
                t.HasCallsPerVersion ? Number(t.CallsPerVersion) : "",
                t.TimeToDrain is { } drain ? Number(Math.Ceiling(drain.ToTimeSpan().TotalSeconds)) + " s" : "",
            ];
            table.AddRow(cells.Select(text => Screen.Cell(text)).ToArray());
        }

        return table;
    }

    public static Text State(DeliveryState state) => Screen.Cell(Name(state), state switch
    {
        DeliveryState.Verified => new Style(Color.Green),
        DeliveryState.Parked => new Style(Color.Red),
        DeliveryState.Waiting or DeliveryState.Drifted => new Style(Color.Yellow),
        _ => Style.Plain,
    });

    public static string Name(DeliveryState state) => state.ToString().ToLowerInvariant();

    public static string Name(AttributeType type) => type.ToString().ToLowerInvariant();

    public static string Path(VersionSummary v) => $"{v.Target}/{v.Subject}/{v.Repo}/{v.Package}/{v.Version}";

    /// <summary>"Throttled: The target asked to wait 30 s." or nothing while it was never tried.</summary>
    public static string Last(VersionSummary v) =>
        v.LastOutcome.Length == 0 || v.LastReason.Length == 0 ? v.LastOutcome + v.LastReason : $"{v.LastOutcome}: {v.LastReason}";

    private static string Revision(VersionSummary v) =>
        v.Revision == v.SettledRevision ? Number(v.Revision) : $"{Number(v.Revision)} (target has {Number(v.SettledRevision)})";

    private static string Number(double number) => number.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string Time(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        time is null ? "" : time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
