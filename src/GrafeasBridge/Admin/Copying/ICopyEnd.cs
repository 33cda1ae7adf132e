namespace GrafeasBridge.Admin.Copying;

/// <summary>One of the two stores of a copy, with nobody else writing to it. A row is its values in the order of the table's columns: long, string, byte[] or null.</summary>
internal interface ICopyEnd : IAsyncDisposable
{
    /// <summary>What it is called in front of people, and by which an unfinished copy is known again.</summary>
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

/// <summary>The store that it is copied into. It bears a mark, which no bridge passes, from the first row until it is finished.</summary>
internal interface ICopyDestination : ICopyEnd
{
    /// <returns>True when an earlier copy of the same source goes on.</returns>
    /// <exception cref="AdminException">It is not empty, or is an unfinished copy of something else.</exception>
    Task<bool> OpenAsync(IReadOnlyList<StoreTable> tables, string source, CancellationToken cancellationToken);

    /// <summary>The key of the last row that is there; null without one. Rows come in order of the key, so it says where to go on.</summary>
    Task<object?[]?> LastKeyAsync(StoreTable table, CancellationToken cancellationToken);

    /// <summary>Writes rows, all or none.</summary>
    Task WriteAsync(StoreTable table, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken);

    /// <summary>From here nothing changes any more.</summary>
    Task SealAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken);

    /// <summary>After a comparison that found no difference: sets the counters and takes the mark off, at once.</summary>
    Task FinishAsync(IReadOnlyList<StoreTable> tables, IReadOnlyDictionary<string, long> counters, CancellationToken cancellationToken);
}
