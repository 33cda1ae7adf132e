namespace GrafeasBridge.Cli.Connecting;

/// <summary>Address and credentials of the service. Printing it never shows the key.</summary>
/// <param name="ApiKey">Null when none is sent.</param>
/// <param name="CaFile">PEM file of the only authorities to trust; null for the system's.</param>
internal sealed record ConnectionSettings(Uri Server, string? ApiKey, string? CaFile)
{
    public const string DefaultServer = "http://127.0.0.1:8080";

    private const int LongestKey = 4096;

    /// <exception cref="CliException">A setting that is wrong, or a key that would travel in the clear.</exception>
    public static ConnectionSettings Read(
        string? server, string? apiKey, string? apiKeyFile, string? caFile, bool insecure, Func<string, string?> environment)
    {
        var address = Address(server ?? NonEmpty(environment("GBRIDGE_SERVER")) ?? DefaultServer);
        var key = Key(apiKey, apiKeyFile, environment);
        if (key is not null && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !insecure)
        {
            throw CliException.BadInput(
                $"The API key would travel readable to {address.Authority}. Use https, or say --insecure if the network is trusted.");
        }

        if (caFile is not null && address.Scheme == Uri.UriSchemeHttp)
            throw CliException.BadInput($"--ca-file is for https, but the server is {address.GetLeftPart(UriPartial.Authority)}.");

        return new(address, key, caFile);
    }

    public override string ToString() => Server.GetLeftPart(UriPartial.Authority);

    private static Uri Address(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw CliException.BadInput($"The server '{text}' is not an address. Write it as http://host:8080 or https://host:8443.");

        if (address.UserInfo.Length > 0)
            throw CliException.BadInput("The server's address holds a user or password. Use --api-key-file for the key.");

        return address.PathAndQuery == "/" && address.Fragment.Length == 0
            ? address
            : throw CliException.BadInput($"The server '{text}' must be scheme, host and port only: gRPC takes no path.");
    }

    private static string? Key(string? given, string? file, Func<string, string?> environment)
    {
        if (given is not null && file is not null)
            throw CliException.BadInput("Give either --api-key or --api-key-file, not both.");

        if (given is not null)
            return Checked(given, "--api-key");
        if (file is not null)
            return FromFile(file, "--api-key-file");
        if (NonEmpty(environment("GBRIDGE_API_KEY")) is { } inherited)
            return Checked(inherited, "GBRIDGE_API_KEY");

        return NonEmpty(environment("GBRIDGE_API_KEY_FILE")) is { } inheritedFile ? FromFile(inheritedFile, "GBRIDGE_API_KEY_FILE") : null;
    }

    private static string FromFile(string path, string source)
    {
        try
        {
            if (new FileInfo(path).Length > LongestKey)
                throw CliException.BadInput($"{source}: '{path}' is longer than {LongestKey} bytes, so it is not a key file.");

            return Checked(File.ReadAllText(path).Trim(), $"{source} '{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadInput($"{source}: {e.Message}");
        }
    }

    /// <summary>A header takes visible ASCII only; anything else is a file of the wrong kind.</summary>
    private static string Checked(string key, string source) => key.Length switch
    {
        0 => throw CliException.BadInput($"{source} is empty."),
        > LongestKey => throw CliException.BadInput($"{source} is longer than {LongestKey} characters."),
        _ when key.Any(c => c is <= ' ' or > '~') => throw CliException.BadInput($"{source} must be one word of visible ASCII characters."),
        _ => key,
    };

    private static string? NonEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
