namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Understands the resources of one kind.</summary>
internal interface IResolver
{
    /// <summary>The row's name in the configuration.</summary>
    string Name { get; }

    /// <param name="text">A resource in the form of <see cref="ResourceText.Normalise"/>.</param>
    /// <returns>Null when the resource is of another kind.</returns>
    ResolvedResource? Resolve(string text);
}

/// <summary>Asks the resolvers in order; the first that knows the kind of a resource has the word.</summary>
internal sealed class ResolverChain(IReadOnlyList<IResolver> resolvers)
{
    /// <summary>Longer resources are not looked at.</summary>
    public const int MaxLength = 2048;

    public IReadOnlyList<IResolver> Resolvers { get; } = resolvers;

    public ResolvedResource? Resolve(string resource)
    {
        if (resource.Length is 0 or > MaxLength)
            return null;
        var text = ResourceText.Normalise(resource);
        if (text.Length == 0)
            return null;
        foreach (var resolver in Resolvers)
        {
            if (resolver.Resolve(text) is { } resolution)
                return resolution;
        }

        return null;
    }
}
