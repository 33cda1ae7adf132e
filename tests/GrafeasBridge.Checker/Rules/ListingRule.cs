namespace GrafeasBridge.Checker.Rules;

/// <summary>The service's own lists: everything acknowledged before them is there, nothing that was deleted, and nothing that nobody sent.</summary>
internal sealed class ListingRule(Book book, Findings findings)
{
    /// <returns>The names that the lists lack, so that no other rule tells them again.</returns>
    public IReadOnlySet<string> Check(IReadOnlySet<string> atTarget)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        if (book.Listings.Count == 0)
        {
            findings.Pass("what the service lists, because no journal says it");
            return missing;
        }

        var listed = new HashSet<string>(book.Listings.SelectMany(l => l.Names), StringComparer.Ordinal);
        findings.Count("listed", listed.Count);
        foreach (var creation in book.Creations)
        {
            foreach (var told in creation.Told.Where(t => !listed.Contains(t.Name)))
                CheckMissing(creation, told, atTarget, missing);
        }

        foreach (var deletion in book.Deletions.Values.Where(d => d.Told is not null && listed.Contains(d.Name)))
            findings.Add(Rule.Wrong, deletion.Name, "Its deletion was acknowledged, and the service still lists it.", deletion.Told!.ToString());
        CheckUnknown(listed);
        return missing;
    }

    private void CheckMissing(Creation creation, Acknowledgement told, IReadOnlySet<string> atTarget, HashSet<string> missing)
    {
        var listing = book.Listings.Where(l => l.Project is null || l.Project == creation.Project).Select(l => l.Place).MaxBy(p => p.At);
        if (listing is null || listing.At < told.Place.At || book.Deletions.ContainsKey(told.Name))
            return;
        missing.Add(told.Name);
        var kill = book.Kills.Find(k => k.At >= told.Place.At && k.At <= listing.At);
        findings.Add(
            kill is null ? Rule.Lost : Rule.Early,
            told.Name,
            kill is null ? "It was acknowledged, and the service does not list it." : "It was acknowledged before it was durable: after a crash the service does not list it.",
            $"key {creation.Key}",
            $"told: {told.Place}",
            kill is null ? null : $"killed: {kill}",
            $"listed: {listing}",
            atTarget.Contains(told.Name) ? "the target holds it" : "the target does not hold it");
    }

    // A creation of which nobody was told may have been stored, once.
    private void CheckUnknown(HashSet<string> listed)
    {
        var uncertain = book.Creations.Where(c => c.IsUncertain).CountBy(c => c.Project).ToDictionary(StringComparer.Ordinal);
        foreach (var project in listed.Where(n => book.Find(n) is null).GroupBy(Names.ProjectOf))
        {
            var allowed = uncertain.GetValueOrDefault(project.Key);
            if (project.Count() > allowed)
            {
                findings.Add(
                    Rule.Duplicated,
                    $"projects/{project.Key}",
                    $"The service lists {project.Count()} occurrences that no sender was told of; at most {allowed} can have been stored.",
                    project.Order(StringComparer.Ordinal).Take(20));
            }
        }
    }
}

internal static class Names
{
    /// <summary>The project in the name of an occurrence; empty when it has none.</summary>
    public static string ProjectOf(string name) => name.Split('/') is ["projects", var project, ..] ? project : string.Empty;
}
