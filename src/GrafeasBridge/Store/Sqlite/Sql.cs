namespace GrafeasBridge.Store.Sqlite;

/// <summary>One command of the store. Its number is where each connection keeps the prepared form, so finding it costs an array read.</summary>
internal sealed class Sql(string text)
{
    private static int count;

    public int Number { get; } = Interlocked.Increment(ref count) - 1;

    public string Text { get; } = text;
}
