namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>Counts the rows that one read examines, so that it ends in time, and notices a cancelled call.</summary>
internal sealed class ScanBudget(CancellationToken cancellationToken)
{
    /// <summary>Entries of an index that cost about what one row costs.</summary>
    public const int EntriesPerRow = 32;

    private const int Stride = 256;
    private int limit = int.MaxValue;
    private int entries;
    private int checkedAt;

    /// <summary>Rows examined, and searches of an index; entries of an index as a fraction.</summary>
    public int Count { get; private set; }

    public bool IsSpent => Count >= limit;

    /// <summary>Sets how many more there may be.</summary>
    public void Allow(int more) => limit = more > int.MaxValue - Count ? int.MaxValue : Count + more;

    public void Add()
    {
        Count++;
        if (Count - checkedAt < Stride)
            return;
        checkedAt = Count;
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void AddEntry()
    {
        if (++entries % EntriesPerRow == 0)
            Add();
    }
}
