using System.Globalization;

namespace GrafeasBridge.Admin.Copying;

/// <summary>
/// Copies a store, table by table in order of the keys, in chunks that are committed one by one, and then compares every value of every
/// row. The rows that are there say where to go on, so a copy that was killed can neither repeat nor leave out a row.
/// </summary>
internal sealed class StoreCopy(ICopySource source, ICopyDestination destination, IReadOnlyList<StoreTable> tables, AdminScreen screen, TimeProvider clock)
{
    private const int MaxRows = 4096;
    private const long MaxBytes = 8 << 20;
    private long began;
    private long done;
    private long total;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await source.OpenAsync(tables, cancellationToken);
        if (await destination.OpenAsync(tables, source.Name, cancellationToken))
            screen.Line("Going on with the copy that was begun.");
        foreach (var table in tables)
            total += await source.CountAsync(table, cancellationToken);

        began = clock.GetTimestamp();
        foreach (var table in tables)
            await CopyAsync(table, cancellationToken);
        var copying = clock.GetElapsedTime(began);

        await destination.SealAsync(tables, cancellationToken);
        (began, done) = (clock.GetTimestamp(), 0);
        foreach (var table in tables)
        {
            var compared = await CompareAsync(table, cancellationToken);
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {compared} rows, compared."));
        }

        await destination.FinishAsync(tables, await CountersAsync(cancellationToken), cancellationToken);
        screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Copied {source.Name} to {destination.Name}: {done} rows, copied in {copying.TotalSeconds:0.0} s and compared in {clock.GetElapsedTime(began).TotalSeconds:0.0} s."));
    }

    internal static void RequireVersion(string name, int version, int newest)
    {
        if (version != newest)
            throw AdminException.Refused($"{name} has schema version {version}, the copy is between stores of version {newest}. Run 'admin migrate' on it first.");
    }

    internal static void RequireEmpty(string name, StoreTable? full)
    {
        if (full is not null)
            throw AdminException.Refused($"{name} is not empty: {full.Name} has rows. Copy into a database that no bridge has used.");
    }

    internal static void RequireSame(string name, string? begun, string source)
    {
        if (begun != source)
            throw AdminException.Refused($"{name} holds an unfinished copy of {begun}. Go on with that one, or remove what is there.");
    }

    private async Task CopyAsync(StoreTable table, CancellationToken cancellationToken)
    {
        var last = await destination.LastKeyAsync(table, cancellationToken);
        if (last is not null)
            done += await destination.CountAsync(table, cancellationToken);
        var chunk = new List<object?[]>(MaxRows);
        var bytes = 0L;
        await foreach (var row in source.ReadAsync(table, last, cancellationToken))
        {
            bytes += Bytes(table, row);
            chunk.Add(row);
            if (chunk.Count < MaxRows && bytes < MaxBytes)
                continue;
            await WriteAsync(table, chunk, cancellationToken);
            bytes = 0;
        }

        await WriteAsync(table, chunk, cancellationToken);
    }

    private async Task WriteAsync(StoreTable table, List<object?[]> chunk, CancellationToken cancellationToken)
    {
        if (chunk.Count == 0)
            return;
        await destination.WriteAsync(table, chunk, cancellationToken);
        done += chunk.Count;
        chunk.Clear();
        screen.Progress("copying " + table.Name, done, total, clock.GetElapsedTime(began));
    }

    /// <summary>About what a row takes, after looking whether it can be kept.</summary>
    private static long Bytes(StoreTable table, object?[] row)
    {
        var bytes = 0L;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is string text && text.Contains('\0', StringComparison.Ordinal))
            {
                throw AdminException.Refused(
                    $"{table.Place(row).Replace('\0', '\uFFFD')}, column {table.Columns[i].Name}, holds a text with a NUL character, which PostgreSQL cannot keep. "
                    + "Delete or update what it belongs to, and run the copy again.");
            }

            bytes += row[i] switch
            {
                string written => written.Length,
                byte[] content => content.Length,
                _ => sizeof(long),
            };
        }

        return bytes;
    }

    /// <returns>How many rows are in both, the same in every column.</returns>
    private async Task<long> CompareAsync(StoreTable table, CancellationToken cancellationToken)
    {
        var compared = 0L;
        await using var theirs = destination.ReadAsync(table, null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await foreach (var row in source.ReadAsync(table, null, cancellationToken))
        {
            if (!await theirs.MoveNextAsync() || !SameKey(table, row, theirs.Current))
                throw Different($"{table.Place(row)} or its neighbour is in one store only");
            for (var i = table.KeyLength; i < row.Length; i++)
            {
                if (!Same(row[i], theirs.Current[i]))
                    throw Different($"{table.Place(row)} differs in column {table.Columns[i].Name}");
            }

            compared++;
            done++;
            screen.Progress("comparing " + table.Name, done, total, clock.GetElapsedTime(began));
        }

        return await theirs.MoveNextAsync() ? throw Different($"{table.Place(theirs.Current)} is in the copy only") : compared;
    }

    private async Task<Dictionary<string, long>> CountersAsync(CancellationToken cancellationToken)
    {
        var counters = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables.Where(table => table.Counter))
            counters.Add(table.Name, await source.CounterAsync(table, cancellationToken));
        return counters;
    }

    private static bool SameKey(StoreTable table, object?[] one, object?[] other)
    {
        for (var i = 0; i < table.KeyLength; i++)
        {
            if (!Same(one[i], other[i]))
                return false;
        }

        return true;
    }

    private static bool Same(object? one, object? other) =>
        one is byte[] bytes ? other is byte[] others && bytes.AsSpan().SequenceEqual(others) : Equals(one, other);

    private AdminException Different(string what) => AdminException.Refused(
        $"The copy is not the same: {what}. Either {source.Name} was written to after the copy began, or somebody else writes to {destination.Name}. "
        + "It stays marked as unfinished; remove it and begin anew with every bridge stopped.");
}
