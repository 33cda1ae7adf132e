using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Access.Keys;

/// <summary>The keys in force. A changed file is taken up while running; a broken one is reported and the old keys stay.</summary>
internal sealed partial class KeyRing(IOptions<AccessOptions> options, TimeProvider clock, ILogger<KeyRing> logger) : IHostedService
{
    /// <summary>Longer ones are refused unread: ours have 46 characters.</summary>
    public const int MaxKeyLength = 512;

    private readonly Lock gate = new();
    private readonly string path = options.Value.KeysFile;
    private IReadOnlyDictionary<string, Caller>? callers;
    private (DateTime Written, long Length) seen;
    private long checkedAt;

    /// <summary>False when no file is configured: then no key is asked for.</summary>
    public bool AsksForKeys => path.Length > 0;

    /// <summary>Reads the file before the first call, so that one that breaks later always finds keys in force.</summary>
    /// <exception cref="KeyFileException">The file broke since the settings were checked.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (AsksForKeys)
            _ = Current();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>Whose key it is, or null.</returns>
    public Caller? Find(string key)
    {
        if (key.Length is 0 or > MaxKeyLength)
            return null;
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return Current().GetValueOrDefault(hash);
    }

    private IReadOnlyDictionary<string, Caller> Current()
    {
        lock (gate)
        {
            if (callers is not null && clock.GetElapsedTime(checkedAt) < options.Value.ReloadEvery)
                return callers;
            checkedAt = clock.GetTimestamp();
            var file = new FileInfo(path);
            (DateTime, long) now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (callers is not null && now == seen)
                return callers;
            seen = now;
            return callers = Reload(callers);
        }
    }

    private IReadOnlyDictionary<string, Caller> Reload(IReadOnlyDictionary<string, Caller>? before)
    {
        try
        {
            var read = KeyFile.Read(path);
            Log.KeysRead(logger, read.Count, path);
            return read;
        }
        catch (KeyFileException wrong) when (before is not null)
        {
            Log.KeysNotRead(logger, path, wrong.Message);
            return before;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Information, "{Count} API keys are in force, from {Path}", EventName = "KeysRead")]
        public static partial void KeysRead(ILogger logger, int count, string path);

        [LoggerMessage(1101, LogLevel.Error, "The file of API keys {Path} changed and cannot be used; the keys read before stay in force: {Reason}", EventName = "KeysNotRead")]
        public static partial void KeysNotRead(ILogger logger, string path, string reason);
    }
}
