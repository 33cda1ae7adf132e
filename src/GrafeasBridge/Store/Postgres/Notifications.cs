using System.Globalization;
using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Notifies the other bridges that something has become due, and receives their notifications, by LISTEN and NOTIFY. Notifications are sent
/// after the commit and batched over a short interval: NOTIFY within a transaction would make all commits of the database queue. One may be
/// lost with a connection or a process, so waiting workers poll as well, and a new connection wakes all of them.
/// </summary>
internal sealed partial class Notifications : IAsyncDisposable
{
    /// <summary>Time between two notifications: short enough that nobody notices the delay.</summary>
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly PostgresDatabase database;
    private readonly Action<string> wake;
    private readonly ILogger logger;
    private readonly string sender = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim pending = new(0, 1);
    private readonly Lock gate = new();
    private readonly Task sending;
    private readonly Task listening;
    private HashSet<string> waiting = new(StringComparer.Ordinal);

    /// <param name="wake">Called with the name of a target that another bridge has notified, or with an empty name for all.</param>
    public Notifications(PostgresDatabase database, Action<string> wake, ILogger logger)
    {
        (this.database, this.wake, this.logger) = (database, wake, logger);
        sending = Task.Run(SendAsync);
        listening = Task.Run(ListenAsync);
    }

    public void Send(IReadOnlyCollection<string> targets)
    {
        lock (gate)
        {
            waiting.UnionWith(targets);
            if (pending.CurrentCount == 0)
                pending.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(sending, listening);
        stop.Dispose();
        pending.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await pending.WaitAsync(stop.Token);
                HashSet<string> targets;
                lock (gate)
                    (targets, waiting) = (waiting, new HashSet<string>(StringComparer.Ordinal));
                await SendAsync(targets);
                await Task.Delay(MinInterval, TimeProvider.System, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The store closes.
        }
    }

    private async Task SendAsync(HashSet<string> targets)
    {
        try
        {
            await using var connection = await database.OpenAsync(stop.Token);
            await using var command = new NpgsqlCommand(
                "select pg_notify('grafeasbridge_' || md5(current_schema()), $1 || ' ' || name) from unnest($2) name", connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sender });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. targets] });
            await command.ExecuteNonQueryAsync(stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException && PostgresErrors.ToRefusal(e) is not null)
        {
            Log.NotSent(logger, e);
        }
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ReceiveAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (PostgresErrors.ToRefusal(e) is not null)
            {
                Log.ListenFailed(logger, e);
                await Task.Delay(RetryDelay, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ReceiveAsync()
    {
        await using var connection = await database.OpenAsync(stop.Token);
        connection.Notification += (_, call) => OnNotification(call.Payload);
        await using (var listen = new NpgsqlCommand("do $$ begin execute format('listen %I', 'grafeasbridge_' || md5(current_schema())); end $$", connection))
            await listen.ExecuteNonQueryAsync(stop.Token);
        // Notifications sent before this connection listened are lost.
        wake("");
        try
        {
            while (true)
                await connection.WaitAsync(stop.Token);
        }
        finally
        {
            // The connection goes back to the pool, where it must not continue to listen.
            if (connection.State == System.Data.ConnectionState.Open)
                await UnlistenAsync(connection);
        }
    }

    private static async Task UnlistenAsync(NpgsqlConnection connection)
    {
        await using var unlisten = new NpgsqlCommand("unlisten *", connection);
        await unlisten.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private void OnNotification(string payload)
    {
        if (payload.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 && payload[..space] != sender)
            wake(payload[(space + 1)..]);
    }

    private static partial class Log
    {
        [LoggerMessage(2085, LogLevel.Warning, "Other bridges could not be notified that something is due; they find it when they poll next", EventName = "NotificationNotSent")]
        public static partial void NotSent(ILogger logger, Exception exception);

        [LoggerMessage(2086, LogLevel.Warning, "The bridge cannot receive notifications of other bridges; until it can it polls", EventName = "NotificationsNotReceived")]
        public static partial void ListenFailed(ILogger logger, Exception exception);
    }
}
