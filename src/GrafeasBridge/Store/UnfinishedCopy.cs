namespace GrafeasBridge.Store;

/// <summary>The mark of a database into which another one is being copied: no bridge opens it before all of it is there and compared.</summary>
internal static class UnfinishedCopy
{
    /// <summary>The table that is the mark; its one row says what is copied.</summary>
    public const string Table = "grafeasbridge_copy";

    public static StoreException Refusal() => new(
        StoreFailure.Broken,
        "The database holds an unfinished copy of another one. Run the same 'gbridge admin copy' again, which goes on where it was, "
        + "or remove what is there and begin anew.");
}
