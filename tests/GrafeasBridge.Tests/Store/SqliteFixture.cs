using System.Globalization;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

/// <summary>A store on SQLite with a hand on its files.</summary>
public abstract class SqliteFixture : StoreContract
{
    internal SqliteBackend Files => (SqliteBackend)Backend;

    internal string Wal => Files.File + "-wal";

    internal override StoreBackend NewBackend() => new SqliteBackend();

    internal static KeyValuePair<string, string?> Setting(string name, long value) =>
        new("Store:" + name, value.ToString(CultureInfo.InvariantCulture));

    internal async Task ReopenAsync(params KeyValuePair<string, string?>[] settings)
    {
        await Backend.CloseAsync();
        Store = await Backend.OpenAsync(Clock, Factory, Targets, settings);
    }

    /// <summary>Another program at the same file.</summary>
    internal SqliteDatabase Stranger() => SqliteDatabase.Open(Files.File, readOnly: false, TimeSpan.Zero);

    internal NewOccurrence Large(int bytes) => Occurrence(Names(Web("1"))) with { Content = new byte[bytes] };

    /// <summary>Runs a command of the system; returns its exit code.</summary>
    internal static async Task<int> RunAsync(string command, params string[] arguments) => (await ProgramRun.RunAsync(command, arguments)).Code;
}
