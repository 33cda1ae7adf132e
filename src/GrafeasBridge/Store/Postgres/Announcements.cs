using System.Globalization;
using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Tells the other bridges that something has become due, and hears it from them, by LISTEN and NOTIFY. What is told comes after the commit
/// and is gathered for a moment: NOTIFY within a transaction would make all commits of the database queue. It may be lost with a
/// connection or a process, so whoever waits also polls from time to time, and a new connection counts as a call.
/// </summary>
internal sealed partial class Announcements : IAsyncDisposable
{
    /// <summary>At most so often others are told: one that is deaf for so long has lost nothing that a person would notice.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PostgresDatabase database;
    private readonly Action<string> wake;
    private readonly ILogger logger;
    private readonly string self = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim told = new(0, 1);
    private readonly Lock gate = new();
    private readonly Task speaking;
    private readonly Task listening;
    private HashSet<string> waiting = new(StringComparer.Ordinal);

    /// <param name="wake">Called with the name of a target, for what another bridge told.</param>
    public Announcements(PostgresDatabase database, Action<string> wake, ILogger logger)
    {
        (this.database, this.wake, this.logger) = (database, wake, logger);
        speaking = Task.Run(SpeakAsync);
        listening = Task.Run(ListenAsync);
    }

    public void Tell(IReadOnlyCollection<string> targets)
    {
        lock (gate)
        {
            waiting.UnionWith(targets);
            if (told.CurrentCount == 0)
                told.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(speaking, listening);
        stop.Dispose();
        told.Dispose();
    }

    private async Task SpeakAsync()
    {
        try
        {
            while (true)
            {
                await told.WaitAsync(stop.Token);
                HashSet<string> targets;
                lock (gate)
                    (targets, waiting) = (waiting, new HashSet<string>(StringComparer.Ordinal));
                await SpeakAsync(targets);
                await Task.Delay(Pace, TimeProvider.System, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task SpeakAsync(HashSet<string> targets)
    {
        try
        {
            await using var connection = await database.OpenAsync(stop.Token);
            await using var command = new NpgsqlCommand(
                "select pg_notify('grafeasbridge_' || md5(current_schema()), $1 || ' ' || name) from unnest($2) name", connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = self });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. targets] });
            await command.ExecuteNonQueryAsync(stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException && PostgresErrors.ToRefusal(e) is not null)
        {
            Log.NotTold(logger, e);
        }
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await HearAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (PostgresErrors.ToRefusal(e) is not null)
            {
                Log.Deaf(logger, e);
                await Task.Delay(Pause, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task HearAsync()
    {
        await using var connection = await database.OpenAsync(stop.Token);
        connection.Notification += (_, call) => Hear(call.Payload);
        await using (var listen = new NpgsqlCommand("do $$ begin execute format('listen %I', 'grafeasbridge_' || md5(current_schema())); end $$", connection))
            await listen.ExecuteNonQueryAsync(stop.Token);
        // Nobody knows what was told before.
        wake("");
        try
        {
            while (true)
                await connection.WaitAsync(stop.Token);
        }
        finally
        {
            // It goes back to the pool, where it must not go on listening.
            if (connection.State == System.Data.ConnectionState.Open)
                await UnlistenAsync(connection);
        }
    }

    private static async Task UnlistenAsync(NpgsqlConnection connection)
    {
        await using var unlisten = new NpgsqlCommand("unlisten *", connection);
        await unlisten.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private void Hear(string payload)
    {
        if (payload.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 && payload[..space] != self)
            wake(payload[(space + 1)..]);
    }

    private static partial class Log
    {
        [LoggerMessage(2085, LogLevel.Warning, "Other bridges were not told that something is due; they find it by themselves", EventName = "NotTold")]
        public static partial void NotTold(ILogger logger, Exception exception);

        [LoggerMessage(2086, LogLevel.Warning, "The bridge cannot hear others now; until it can it looks by itself", EventName = "Deaf")]
        public static partial void Deaf(ILogger logger, Exception exception);
    }
}
