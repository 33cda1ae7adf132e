namespace GrafeasBridge.Mapping.Folding;

/// <summary>Which of two occurrences is the newer one.</summary>
/// <param name="Identity">The occurrence's name, or for one without a name a hash of its content.</param>
/// <param name="Name">As results show it.</param>
internal sealed record OccurrenceSortKey(Moment Created, string Identity, string Name)
{
    /// <summary>From old to new.</summary>
    public static readonly IComparer<OccurrenceSortKey> Order = Comparer<OccurrenceSortKey>.Create(Compare);

    public static int Compare(OccurrenceSortKey one, OccurrenceSortKey other)
    {
        var created = one.Created.CompareTo(other.Created);
        return created != 0 ? created : string.CompareOrdinal(one.Identity, other.Identity);
    }
}
