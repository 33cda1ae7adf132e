namespace GrafeasBridge.Store;

/// <summary>Every way in which the store refuses.</summary>
internal enum StoreFailure
{
    /// <summary>The named project, note, occurrence or version is not there.</summary>
    NotFound,

    /// <summary>The name is taken, or the request id was used for other content.</summary>
    AlreadyExists,

    /// <summary>The occurrence's kind is not that of its note.</summary>
    KindMismatch,

    /// <summary>A text holds what the database cannot keep, such as a NUL character.</summary>
    NotStorable,

    /// <summary>More writes are waiting than allowed; nothing was stored; try again later.</summary>
    Overloaded,

    /// <summary>The database cannot be written or read now (disk full, locked, read-only); nothing was stored; try again later.</summary>
    Unavailable,

    /// <summary>What is stored under this name is damaged; the rest can be used. A person must act.</summary>
    Damaged,

    /// <summary>The database is damaged or of a schema that this program does not know; a person must act.</summary>
    Broken,
}

/// <summary>A refusal with a sentence that is safe to show to the caller.</summary>
/// <param name="index">Position in the batch of what was refused; -1 when the whole call was.</param>
internal sealed class StoreException(StoreFailure failure, string message, int index = -1, Exception? cause = null)
    : Exception(message, cause)
{
    public StoreFailure Failure { get; } = failure;

    public int Index { get; } = index;
}
