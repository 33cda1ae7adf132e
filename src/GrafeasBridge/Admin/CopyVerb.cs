using GrafeasBridge.Admin.Copying;
using GrafeasBridge.Store;

namespace GrafeasBridge.Admin;

/// <summary><c>admin copy</c>: a store moves from one kind of database to the other.</summary>
internal sealed class CopyVerb(AdminSettings settings, AdminScreen screen)
{
    public async Task<int> RunAsync(string from, string to, CancellationToken cancellationToken)
    {
        var (origin, copy) = (settings.Store("--from", from), settings.Store("--to", to));
        if (origin.Provider == copy.Provider)
            throw AdminException.BadInput("--from and --to are of the same kind. Use 'admin backup', or pg_dump for PostgreSQL.");
        await using ICopySource source = origin.Provider == StoreOptions.Sqlite ? new SqliteSource(origin) : new PostgresSource(origin);
        await using ICopyDestination destination = copy.Provider == StoreOptions.Sqlite ? new SqliteDestination(copy) : new PostgresDestination(copy);
        await new StoreCopy(source, destination, StoreTable.All(), screen, TimeProvider.System).RunAsync(cancellationToken);
        return AdminExit.Done;
    }
}
