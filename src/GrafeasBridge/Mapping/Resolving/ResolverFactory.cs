namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Makes the chain of resolvers from its configuration.</summary>
internal static class ResolverFactory
{
    /// <param name="errors">Gets a sentence for each row that cannot be used, naming its key and the remedy.</param>
    public static ResolverChain Create(IEnumerable<KeyValuePair<string, ResolverOptions>> rows, ICollection<string> errors)
    {
        var used = rows
            .Where(row => row.Value.Enabled && (row.Value.Kind != ResolverKind.Pattern || row.Value.Pattern.Length > 0))
            .OrderBy(row => row.Value.Order)
            .ThenBy(row => row.Key, StringComparer.Ordinal)
            .ToList();
        var others = Make(used.Where(row => row.Value.Kind != ResolverKind.PackageUrl), [], errors);
        var packageUrls = Make(used.Where(row => row.Value.Kind == ResolverKind.PackageUrl), others, errors);
        var made = others.Concat(packageUrls).ToDictionary(r => r.Name, StringComparer.Ordinal);
        return new ResolverChain([.. used.Where(row => made.ContainsKey(row.Key)).Select(row => made[row.Key])]);
    }

    private static List<IResolver> Make(
        IEnumerable<KeyValuePair<string, ResolverOptions>> rows, IReadOnlyList<IResolver> others, ICollection<string> errors)
    {
        var resolvers = new List<IResolver>();
        foreach (var (name, options) in rows)
        {
            var key = $"Mapping:Resolvers:{name}";
            var problems = Check(key, options).ToList();
            problems.ForEach(errors.Add);
            if (problems.Count > 0)
                continue;
            try
            {
                resolvers.Add(Make(name, options, others));
            }
            catch (FormatException e)
            {
                errors.Add($"{key}: {e.Message}. Correct it, or set {key}:Enabled to false.");
            }
        }

        return resolvers;
    }

    private static IResolver Make(string name, ResolverOptions options, IReadOnlyList<IResolver> others) => options.Kind switch
    {
        ResolverKind.BintrayDocker => new BintrayDockerResolver(name, options),
        ResolverKind.PackageUrl => new PackageUrlResolver(name, options, others),
        ResolverKind.Pattern => new PatternResolver(name, options),
        _ => throw new FormatException($"Kind {options.Kind} is not known"),
    };

    private static IEnumerable<string> Check(string key, ResolverOptions options)
    {
        foreach (var outOfRange in SettingRangeAttribute.Problems(key, options))
            yield return outOfRange;
        foreach (var (setting, entries) in new[] { ("Hosts", options.Hosts), ("Defaults", options.Defaults) })
        {
            var wrong = entries.Where(e => e.Value.Length > 0 && RepositoryPath.Split(e.Value) is null);
            foreach (var (entry, repository) in wrong)
                yield return $"{key}:{setting}:{entry} ('{repository}') must be of the form subject/repo.";
        }

        if (options.DefaultVersion.Length > 0 && CoordinateNames.Problem("version", options.DefaultVersion) is { } problem)
            yield return $"{key}:DefaultVersion ('{options.DefaultVersion}') cannot be a version: {problem}.";
    }
}
