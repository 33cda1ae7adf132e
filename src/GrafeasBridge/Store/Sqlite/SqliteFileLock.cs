namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Keeps a second bridge off the same file: the store caches what it knows and decides repeats in memory, so it must be the
/// only writer. The kernel lets go of the lock when the process ends, however it ends; the lock file itself stays.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private readonly FileStream file;

    private SqliteFileLock(FileStream file) => this.file = file;

    /// <exception cref="StoreException">Unavailable: somebody holds it, or the directory cannot be written.</exception>
    public static SqliteFileLock Take(string databasePath)
    {
        var path = databasePath + ".lock";
        try
        {
            return new SqliteFileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(StoreFailure.Unavailable, $"{path} cannot be written: give this user the directory of Store:Path.", cause: e);
        }
        catch (IOException e)
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"The database {databasePath} is in use by another bridge, or its lock file cannot be written ({e.Message}). "
                + "SQLite has one writer: stop the other one, or give this one a Store:Path of its own.",
                cause: e);
        }
    }

    public void Dispose() => file.Dispose();
}
