using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Support.Postgres;
using Xunit.v3;

namespace GrafeasBridge.Tests.Support;

/// <summary>
/// The database behind the hosts of this run: SQLite, or with GRAFEASBRIDGE_TEST_STORE=Postgres a PostgreSQL of the tests' own. What a folder
/// is to the one, a schema is to the other: a host that is started again on the same folder finds its data in both.
/// </summary>
internal static class StoreUnderTest
{
    private static readonly ConcurrentDictionary<string, Lazy<KeyValuePair<string, string?>[]>> Rooms = new();

    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("GRAFEASBRIDGE_TEST_STORE") switch
    {
        null or "" or "Sqlite" => false,
        "Postgres" => true,
        var other => throw new InvalidOperationException($"GRAFEASBRIDGE_TEST_STORE is {other}; it may be Sqlite or Postgres."),
    };

    /// <summary>What to set so that a bridge keeps its data in the folder, or in the schema that stands for it.</summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Settings(string folder) => IsPostgres
        ? Rooms.GetOrAdd(folder, static folder => new(() => Task.Run(() => NewRoomAsync(folder)).GetAwaiter().GetResult())).Value
        : [new("Store:Path", Path.Combine(folder, "bridge.db"))];

    /// <summary>The same as arguments of a program.</summary>
    public static IEnumerable<string> Arguments(string folder) => Settings(folder).Select(setting => $"--{setting.Key}={setting.Value}");

    /// <summary>Changes what is stored behind the back of a bridge that is not running. Tables and columns are the same in both.</summary>
    public static void Execute(string folder, string sql)
    {
        if (IsPostgres)
        {
            Task.Run(async () => await (await PostgresServer.SharedAsync()).ExecuteAsync(sql, schema: SchemaOf(folder))).GetAwaiter().GetResult();
            return;
        }

        using var file = SqliteDatabase.Open(Path.Combine(folder, "bridge.db"), readOnly: false, TimeSpan.FromSeconds(1));
        file.Execute(sql);
    }

    private static string SchemaOf(string folder) => "f" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];

    private static async Task<KeyValuePair<string, string?>[]> NewRoomAsync(string folder)
    {
        var server = await PostgresServer.SharedAsync();
        var schema = SchemaOf(folder);
        await server.ExecuteAsync($"create schema {schema}");
        return server.Settings(schema);
    }
}

/// <summary>
/// A test that says itself which store it runs on, lays hands on files of the embedded one, or has none: it is not repeated with another.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OwnStoreAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("store", "own")];
}

/// <summary>A test that the default run repeats with PostgreSQL behind its hosts; <c>--full</c> repeats all that have no store of their own.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OnBothStoresAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("store", "both")];
}
