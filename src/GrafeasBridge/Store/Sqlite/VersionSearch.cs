using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Lists versions by filter, in pages by sequence. A page is merged from arms that each walk one index in order of sequence:
/// one arm for each target and state, or for each target when the package is given. So the first page and the thousandth of
/// a million rows cost the same, whatever the filter names.
/// </summary>
internal static class VersionSearch
{
    // One text for each combination of filters and each number of targets and states: a small number.
    private static readonly ConcurrentDictionary<string, Sql> Commands = new();

    /// <param name="configured">Targets to show when the filter names none.</param>
    public static IReadOnlyList<VersionRow> List(
        SqliteDatabase database, VersionFilter filter, IReadOnlyList<string> configured, long after, int limit) =>
        List(database, VersionProposal.Of(filter, configured), after, limit);

    public static IReadOnlyList<VersionRow> List(SqliteDatabase database, VersionProposal proposal, long after, int limit)
    {
        var filter = proposal.Filter;
        var targets = proposal.Targets.Select(name => TargetRows.Key(database, name)).OfType<long>().ToList();
        if (targets.Count == 0 || proposal.States.Count == 0 || filter.Projects is [] || IsUnknown(database, filter))
            return [];

        var values = new List<SqlValue>();
        var command = Compose(filter, targets, values, proposal.States);
        var statement = database.Use(command).Add(after).Add(limit);
        foreach (var value in values)
            value.AddTo(statement);
        return statement.All(StoredRow.Version);
    }

    /// <summary>The command for a filter.</summary>
    /// <param name="values">Takes the values of parameters from the third on.</param>
    /// <param name="states">Null for those of the filter.</param>
    internal static Sql Compose(VersionFilter filter, List<long> targets, List<SqlValue> values, IReadOnlyList<DeliveryState>? states = null)
    {
        states ??= States(filter);
        var conditions = Conditions(filter, values);
        var places = targets.ConvertAll(target => Place(values, new SqlValue(target)));
        var byState = filter is { Commit: null, Digest: null } and not { Subject: not null, Repo: not null, Package: not null };
        var narrows = byState || states.Count < VersionProposal.AllStates.Count;
        var numbers = narrows ? states.Select(state => Place(values, new SqlValue((long)state))).ToList() : [];
        var inStates = narrows ? $" and v.state in ({string.Join(", ", numbers)})" : "";
        var arms = filter switch
        {
            { Commit: not null } or { Digest: not null } or { Subject: not null, Repo: not null, Package: not null, Version: not null } =>
                [Arm("version_identity", $"v.target in ({string.Join(", ", places)}){inStates}", conditions)],
            { Subject: not null, Repo: not null, Package: not null } => places.Select(
                target => Arm("version_packages", $"v.target = {target}{inStates}", conditions)),
            _ => places.SelectMany(
                _ => numbers,
                (target, state) => Arm("version_states", $"v.target = {target} and v.state = {state}", conditions)),
        };
        var text = $"""
            select {VersionRows.Columns} from ({string.Join("\nunion all\n", arms)}
            order by 1 limit ?2) page join versions v on v.seq = page.seq {VersionRows.Names}
            order by page.seq
            """;
        return Commands.GetOrAdd(text, static text => new Sql(text));
    }

    private static string Arm(string index, string where, string conditions) =>
        $"select v.seq as seq from versions v indexed by {index} where {where} and v.seq > ?1{conditions}";

    private static string Conditions(VersionFilter filter, List<SqlValue> values)
    {
        string Value(string value) => Place(values, new SqlValue(value));

        var package = string.Join(
            " and ",
            new[] { ("subject", filter.Subject), ("repo", filter.Repo), ("package", filter.Package) }
                .Where(part => part.Item2 is not null)
                .Select(part => $"{part.Item1} = {Value(part.Item2!)}"));
        var text = package.Length switch
        {
            0 => "",
            // A whole name is one package; saying so with "=" keeps the index in order of sequence.
            // A whole name with its version is one coordinate.
            _ when filter is { Subject: not null, Repo: not null, Package: not null, Version: { } version } =>
                $" and v.coordinate = (select key from coordinates where package = (select key from packages where {package}) "
                + $"and version = {Value(version)})",
            _ when filter is { Subject: not null, Repo: not null, Package: not null } =>
                $" and v.package = (select key from packages where {package})",
            _ => $" and exists (select 1 from packages where key = v.package and {package})",
        };
        if (filter.Commit is { } commit)
        {
            var id = Value(commit);
            text += " and v.coordinate in (select l.coordinate from commits m join links l on l.occurrence = m.occurrence "
                + $"where m.commit_id = {id} union all select coordinate from compacted_commits where commit_id = {id})";
        }

        if (filter.Digest is { } digest)
            text += OfDigest(Value(digest));
        if (filter.Projects is { } projects)
        {
            var keys = $"(select key from project_names where name in (select value from json_each({Value(JsonSerializer.Serialize(projects))})))";
            text += $" and (exists (select 1 from links l where l.coordinate = v.coordinate and l.project in {keys})"
                + $" or exists (select 1 from compacted_projects f where f.coordinate = v.coordinate and f.project in {keys}))";
        }

        return text;
    }

    /// <summary>Versions that a digest is tagged with, and its placeholders while there are none.</summary>
    private static string OfDigest(string digest) =>
        $"""
         and v.coordinate in (
        select coordinate from digest_tags where digest = (select key from digests where digest = {digest})
        union all
        select r.placeholder from digest_references r join links l
        on l.coordinate = r.placeholder and l.project = r.project and l.occurrence = r.occurrence and l.origin = 2
        where r.digest = (select key from digests where digest = {digest}))
        """;

    /// <summary>True when a name of the filter was never heard of: then no index need be walked to find nothing.</summary>
    private static bool IsUnknown(SqliteDatabase database, VersionFilter filter)
    {
        if (filter.Digest is { } digest && NameKeys.Digest(database, digest) is null)
            return true;
        return filter is { Subject: { } subject, Repo: { } repo, Package: { } package }
            && NameKeys.Package(database, new PackageCoordinates(subject, repo, package)) is null;
    }

    private static IReadOnlyList<DeliveryState> States(VersionFilter filter) => filter.State is { } state ? [state] : VersionProposal.AllStates;

    private static string Place(List<SqlValue> values, SqlValue value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"?{values.Count + 2}");
    }
}

/// <summary>The value of a parameter.</summary>
internal readonly record struct SqlValue
{
    private readonly string? text;
    private readonly long number;

    public SqlValue(string text) => this.text = text;

    public SqlValue(long number) => this.number = number;

    public void AddTo(SqliteStatement statement) => _ = text is null ? statement.Add(number) : statement.Add(text);
}
