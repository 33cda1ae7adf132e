namespace GrafeasBridge.Admin.Copying;

/// <summary>One of the two stores of a copy, with no other writer. A row is its values in the order of the table's columns: long, string, byte[] or null.</summary>
internal interface ICopyEnd : IAsyncDisposable
{
    /// <summary>Its name in messages, by which an unfinished copy is recognised too.</summary>
    string Name { get; }

    Task<long> CountAsync(StoreTable table, CancellationToken cancellationToken);

    /// <summary>The rows in order of the key, which is the same order in every store: numbers by size, texts by their bytes.</summary>
    /// <param name="after">The key after which to begin; null for all.</param>
    IAsyncEnumerable<object?[]> ReadAsync(StoreTable table, object?[]? after, CancellationToken cancellationToken);

    /// <summary>The largest key that was ever given, for each table that gives none twice.</summary>
    Task<long> CounterAsync(StoreTable table, CancellationToken cancellationToken);
}

/// <summary>The store that is copied.</summary>
internal interface ICopySource : ICopyEnd
{
    /// <summary>Keeps every writer out until this is disposed.</summary>
    Task OpenAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken);
}

/// <summary>The store that it is copied into. It is marked as unfinished from the first row to the last, and no bridge starts on a marked store.</summary>
internal interface ICopyDestination : ICopyEnd
{
    /// <returns>True when an earlier copy of the same source goes on.</returns>
    /// <exception cref="AdminException">It is not empty, or is an unfinished copy of something else.</exception>
    Task<bool> OpenAsync(IReadOnlyList<StoreTable> tables, string source, CancellationToken cancellationToken);

    /// <summary>The key of the last row that is there; null without one. Rows come in order of the key, so it says where to go on.</summary>
    Task<object?[]?> LastKeyAsync(StoreTable table, CancellationToken cancellationToken);

    /// <summary>Writes rows, all or none.</summary>
    Task WriteAsync(StoreTable table, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken);

    /// <summary>After this nothing changes any more.</summary>
    Task SealAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken);

    /// <summary>After a comparison that found no difference: sets the counters and takes the mark off, at once.</summary>
    Task FinishAsync(IReadOnlyList<StoreTable> tables, IReadOnlyDictionary<string, long> counters, CancellationToken cancellationToken);
}
