using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace GrafeasBridge.Tests.Support.Postgres;

/// <summary>
/// A real PostgreSQL of its own: a fresh cluster on a free port of this machine, with Debian's programs. Nothing of it is shared with a
/// server that may run already. Its files lie in memory where there is room, since what is tested is not the disk; it syncs all the same.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "bridge";
    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(StartSharedAsync);
    private readonly DirectoryInfo folder;
    private readonly string programs;
    private int schemas;

    private PostgresServer(DirectoryInfo folder, string programs)
    {
        (this.folder, this.programs) = (folder, programs);
        Port = FreePort();
        PasswordFile = Path.Combine(folder.FullName, "password");
    }

    public int Port { get; }

    public string PasswordFile { get; }

    private string Data => Path.Combine(folder.FullName, "data");

    /// <summary>The one that all tests share which do it no harm; it ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    /// <summary>One that a test may kill.</summary>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartInAsync(Room(), settings);

    /// <summary>One whose files lie in a folder of the caller's choice, such as on a real disk.</summary>
    public static async Task<PostgresServer> StartInAsync(string room, params string[] settings)
    {
        var server = new PostgresServer(Directory.CreateDirectory(Path.Combine(room, "postgres-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture))), FindPrograms());
        await server.InitializeAsync(settings);
        await server.StartAgainAsync();
        await server.ExecuteAsync("create database bridge", "postgres");
        return server;
    }

    /// <summary>What to set so that a bridge keeps everything in a schema of its own.</summary>
    /// <param name="schema">As <see cref="NewSchemaAsync"/> made it.</param>
    public KeyValuePair<string, string?>[] Settings(string schema) =>
    [
        new("Store:Provider", "Postgres"),
        new("Store:Connection", ConnectionString(schema)),
        new("Store:PasswordFile", PasswordFile),
    ];

    public string ConnectionString(string schema) =>
        $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Database=bridge;Username={User};Search Path={schema}";

    /// <summary>An empty room in the one database.</summary>
    public async Task<string> NewSchemaAsync()
    {
        var schema = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref schemas)}");
        await ExecuteAsync($"create schema {schema}");
        return schema;
    }

    /// <summary>Runs a command as somebody who is not the bridge.</summary>
    public async Task<object?> ExecuteAsync(string sql, string database = "bridge", string? schema = null)
    {
        await using var connection = await ConnectAsync(database, schema);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        return await command.ExecuteScalarAsync();
    }

    public async Task<NpgsqlConnection> ConnectAsync(string database = "bridge", string? schema = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString(schema ?? "public"))
        {
            Database = database,
            Password = await File.ReadAllTextAsync(PasswordFile),
            Pooling = false,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Starts the server on its data and port, and waits until it takes connections.</summary>
    public Task StartAgainAsync() => RunAsync("pg_ctl", "start", "-w", "-t", "60", "-D", Data, "-l", Path.Combine(folder.FullName, "log"));

    /// <summary>Ends it at once as a crash would: the next start recovers from its log.</summary>
    public async Task KillAsync()
    {
        var pid = int.Parse((await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        using var postmaster = Process.GetProcessById(pid);
        // Its children notice that it is gone and end; until then the data are still in their hands.
        var children = await ChildrenAsync(pid);
        postmaster.Kill();
        await postmaster.WaitForExitAsync();
        foreach (var child in children)
            await GoneAsync(child);
    }

    /// <summary>Stops it in order; connections are broken off.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", Data);

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await RunAsync("pg_ctl", "stop", "-w", "-t", "60", "-m", "immediate", "-D", Data);
        folder.Delete(recursive: true);
    }

    private static async Task<PostgresServer> StartSharedAsync()
    {
        var server = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }

    private static string Room() => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static string FindPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb"))).OrderByDescending(bin => bin.Length).ThenByDescending(bin => bin, StringComparer.Ordinal)
            .FirstOrDefault() is { } found
            ? found
            : throw new InvalidOperationException("PostgreSQL's server programs are missing; tests/run.sh installs them (Debian: apt-get install postgresql).");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task InitializeAsync(string[] settings)
    {
        await File.WriteAllTextAsync(PasswordFile, Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()));
        if (Environment.IsPrivilegedProcess)
            await RunAnyAsync("chown", "-R", "postgres:", folder.FullName);
        await RunAsync("initdb", "-D", Data, "-U", User, "-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--pwfile", PasswordFile, "--no-sync");
        await File.AppendAllLinesAsync(
            Path.Combine(Data, "postgresql.conf"),
            [
                string.Create(CultureInfo.InvariantCulture, $"port = {Port}"), "listen_addresses = '127.0.0.1'",
                $"unix_socket_directories = '{folder.FullName}'", "max_connections = 400", "shared_buffers = 128MB", .. settings,
            ]);
    }

    /// <summary>PostgreSQL does not run as root.</summary>
    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(programs, program);
        return Environment.IsPrivilegedProcess
            ? RunAnyAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAnyAsync(path, arguments);
    }

    private async Task RunAnyAsync(string program, params string[] arguments)
    {
        // Into a file: a server that was started would hold a pipe open for as long as it lives.
        var output = Path.Combine(folder.FullName, "output-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" > \"$out\" 2>&1 < /dev/null", "sh", output, program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await File.ReadAllTextAsync(output)}");
    }

    private static async Task<int[]> ChildrenAsync(int pid) =>
        [.. (await File.ReadAllTextAsync($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/task/{pid.ToString(CultureInfo.InvariantCulture)}/children"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    private static async Task GoneAsync(int pid)
    {
        try
        {
            using var child = Process.GetProcessById(pid);
            await child.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // Gone already.
        }
    }
}
