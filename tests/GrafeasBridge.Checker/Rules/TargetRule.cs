using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;

namespace GrafeasBridge.Checker.Rules;

/// <summary>What the target holds at the end: every acknowledged occurrence, each once, and attributes that follow from them.</summary>
internal sealed class TargetRule(Book book, Findings findings, int maxValues)
{
    private readonly ILookup<VersionId?, Creation> byVersion = book.Creations.ToLookup(c => c.Content.Version);
    private readonly ILookup<VersionId?, Creation> uncertain = book.Creations.Where(c => c.IsUncertain).ToLookup(c => c.Content.Version);

    /// <param name="reported">Names that are known to be missing already.</param>
    public void Check(IReadOnlyDictionary<VersionId, TargetVersion> state, IReadOnlySet<string> atTarget, IReadOnlySet<string> reported)
    {
        findings.Count("target.versions", state.Count);
        var named = byVersion.Select(g => g.Key).OfType<VersionId>();
        foreach (var version in state.Keys.Union(named))
        {
            var held = state.GetValueOrDefault(version) ?? new TargetVersion(version, new Dictionary<string, HeldAttribute>());
            if (held.Occurrences.Count > 0 || byVersion.Contains(version))
                Check(held, reported);
        }

        var elsewhere = byVersion[null].Count(c => c.Name is { } name && !atTarget.Contains(name));
        if (elsewhere > 0)
            findings.Pass("where occurrences belong whose resource names no image with a tag", elsewhere);
    }

    private void Check(TargetVersion held, IReadOnlySet<string> reported)
    {
        var shown = new HashSet<string>(held.Occurrences, StringComparer.Ordinal);
        if (shown.Count < held.Occurrences.Count)
            findings.Add(Rule.Duplicated, held.Id.ToString(), "It counts an occurrence twice.", held.Occurrences.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
        if (book.Parked.TryGetValue(held.Id, out var reason))
        {
            findings.Count("target.parked");
            findings.Pass($"versions that the service says it has not delivered: {reason}");
            return;
        }

        findings.Count("target.checked");
        var unknown = CheckShown(held, shown);
        if (shown.Count < maxValues)
            CheckLost(held, shown, reported);
        else
            findings.Pass("versions with so many occurrences that the target does not name all");
        CheckAttributes(held, shown, unknown);
    }

    // Each name at the target: known, not deleted, and where it belongs.
    private List<string> CheckShown(TargetVersion held, HashSet<string> shown)
    {
        var unknown = new List<string>();
        foreach (var name in shown)
        {
            if (book.Find(name) is not { } creation)
                unknown.Add(name);
            else if (creation.Content.Version is { } version && version != held.Id)
                findings.Add(Rule.Wrong, name, $"It stands at {held.Id} and belongs to {version}.", $"sent: {creation.First}");
            if (book.Deletions.TryGetValue(name, out var gone) && gone.Told is { } told)
                findings.Add(Rule.Wrong, name, $"Its deletion was acknowledged, and it still contributes to {held.Id}.", $"told: {told}");
        }

        foreach (var project in unknown.GroupBy(Names.ProjectOf))
        {
            var allowed = UncertainOf(held.Id).Count(c => c.Project == project.Key);
            if (project.Count() > allowed)
            {
                findings.Add(
                    Rule.Duplicated,
                    held.Id.ToString(),
                    $"It carries {project.Count()} occurrences that no sender was told of; at most {allowed} can have been stored.",
                    project.Order(StringComparer.Ordinal).Take(20));
            }
        }

        return unknown;
    }

    private void CheckLost(TargetVersion held, HashSet<string> shown, IReadOnlySet<string> reported)
    {
        foreach (var creation in byVersion[held.Id].Where(c => c.Name is not null))
        {
            findings.Count("target.acknowledged");
            var isThere = creation.Told.Exists(t => shown.Contains(t.Name) || reported.Contains(t.Name) || book.Deletions.ContainsKey(t.Name));
            if (!isThere)
            {
                findings.Add(
                    Rule.Lost,
                    creation.Name!,
                    $"It was acknowledged, {held.Id} does not carry it, and nobody said that this version waits.",
                    $"key {creation.Key}",
                    $"told: {creation.Told[0].Place}");
            }
        }
    }

    private void CheckAttributes(TargetVersion held, HashSet<string> shown, List<string> unknown)
    {
        List<Creation> known = shown.Count < maxValues
            ? [.. shown.Select(book.Find).OfType<Creation>()]
            : [.. byVersion[held.Id].Where(c => c.Name is { } name && !book.Deletions.ContainsKey(name))];
        Creation[] open = [.. UncertainOf(held.Id)];
        if (known.Concat(unknown.Count > 0 ? open : []).Any(c => !c.Content.IsJudged))
        {
            findings.Pass("attributes of versions with occurrences in a form that the checker does not map");
            return;
        }

        Contribution[] sure = [.. known.Select(c => new Contribution(c.Content, c.Project, c.Name!, c.Created))];
        IReadOnlyList<string>? differences = null;
        foreach (var more in Choices.Of(open, unknown))
        {
            if (Fold.Of([.. sure, .. more], maxValues) is not { } expected)
            {
                findings.Pass("attributes of versions whose newest build hangs on a creation time that nobody was told");
                return;
            }

            var found = Comparison.Differences(expected, held);
            if (found.Count == 0)
            {
                findings.Count("target.attributes", expected.Count);
                return;
            }

            differences ??= found;
        }

        if (differences is null)
            findings.Pass("attributes of versions where it is open which of many unanswered creations were stored");
        else
            findings.Add(Rule.Wrong, held.Id.ToString(), "Its attributes do not follow from its occurrences.", differences);
    }

    private IEnumerable<Creation> UncertainOf(VersionId version) => uncertain[version].Concat(uncertain[null]);
}
