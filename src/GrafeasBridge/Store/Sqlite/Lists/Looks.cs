namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>Counts what one read looks at, so that it ends in time, and hears when its caller has gone.</summary>
internal sealed class Looks(CancellationToken cancellationToken)
{
    /// <summary>Entries of an index that cost about what one row costs.</summary>
    public const int EntriesPerRow = 32;

    private const int Stride = 256;
    private int limit = int.MaxValue;
    private int entries;
    private int heard;

    /// <summary>Rows looked at, and searches of an index; entries of an index as a fraction.</summary>
    public int Count { get; private set; }

    public bool AreSpent => Count >= limit;

    /// <summary>Sets how many more there may be.</summary>
    public void Allow(int more) => limit = more > int.MaxValue - Count ? int.MaxValue : Count + more;

    public void Add()
    {
        Count++;
        if (Count - heard < Stride)
            return;
        heard = Count;
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void AddEntry()
    {
        if (++entries % EntriesPerRow == 0)
            Add();
    }
}
