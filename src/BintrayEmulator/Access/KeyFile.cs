using System.Security.Cryptography;

namespace BintrayEmulator.Access;

/// <summary>Keys in files: reading them, and making the first one.</summary>
internal static class KeyFile
{
    private const int MaxLength = 4096;

    /// <summary>The key that a file holds.</summary>
    /// <exception cref="InvalidDataException">It holds nothing, or more than one line.</exception>
    public static string Read(string setting, string path)
    {
        using var reader = new StreamReader(path);
        var buffer = new char[MaxLength];
        var key = new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
        return key.Length is > 0 and < MaxLength && !key.Contains('\n', StringComparison.Ordinal)
            ? key
            : throw new InvalidDataException(
                $"{setting} ('{path}') must hold one key of at most {MaxLength - 1} characters and nothing else.");
    }

    /// <summary>A random key in the form of the service's: 40 hexadecimal digits.</summary>
    public static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>Makes a users file with one user and a random key, readable by its owner only, unless it is there.</summary>
    public static void EnsureUsersFile(string path, string user)
    {
        if (File.Exists(path))
            return;

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var writer = new StreamWriter(path, options);
        writer.Write($"# Users of the Bintray emulator: name:api-key, one a line.\n{user}:{NewKey()}\n");
    }
}
