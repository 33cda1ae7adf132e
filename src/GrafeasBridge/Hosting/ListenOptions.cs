using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

/// <summary>Section <c>Listen</c>: the listeners, on loopback by default.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>gRPC over cleartext HTTP/2 (h2c). Empty: closed.</summary>
    public string Grpc { get; set; } = "http://127.0.0.1:8080";

    /// <summary>REST and health over HTTP/1.1. Empty: closed.</summary>
    public string Http { get; set; } = "http://127.0.0.1:8081";

    /// <summary>One port for everything, HTTP/1.1 or HTTP/2 by ALPN, such as <c>https://0.0.0.0:8443</c>. Empty: closed.</summary>
    public string Tls { get; set; } = "";

    /// <summary>PEM file of the certificate and its chain, for <see cref="Tls"/>.</summary>
    public string TlsCertificateFile { get; set; } = "";

    /// <summary>PEM file of the private key, for <see cref="Tls"/>.</summary>
    public string TlsKeyFile { get; set; } = "";

    /// <summary>Open connections at most, over all listeners.</summary>
    [SettingRange(1, 100_000)]
    public int MaxConnections { get; set; } = 2_000;

    /// <summary>Calls at once on one HTTP/2 connection at most.</summary>
    [SettingRange(1, 10_000)]
    public int MaxStreamsPerConnection { get; set; } = 256;

    /// <summary>gRPC server reflection, for exploring with grpcurl.</summary>
    public bool Reflection { get; set; }

    /// <summary>The listeners that are open.</summary>
    public IEnumerable<(string Key, string Url)> Open =>
        new[] { ("Listen:Grpc", Grpc), ("Listen:Http", Http), ("Listen:Tls", Tls) }.Where(listener => listener.Item2.Length > 0);
}

[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;

/// <summary>What spans fields: schemes, certificate files, and no listener on a network without keys.</summary>
internal sealed class ListenOptionsRules(IOptions<Access.AccessOptions> access) : IValidateOptions<ListenOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!options.Open.Any())
            errors.AddError("Listen:Grpc, Listen:Http and Listen:Tls are all empty; open at least one.");
        foreach ((var key, var url) in options.Open)
            CheckDoor(errors, key, url);
        if (options.Tls.Length > 0)
        {
            CheckFile(errors, "Listen:TlsCertificateFile", options.TlsCertificateFile);
            CheckFile(errors, "Listen:TlsKeyFile", options.TlsKeyFile);
            CheckCertificate(errors, options);
        }

        return errors.Build();
    }

    private void CheckDoor(ValidateOptionsResultBuilder errors, string key, string url)
    {
        var scheme = key == "Listen:Tls" ? "https" : "http";
        if (!ListenAddress.TryParse(url, out var address) || address.Scheme != scheme)
        {
            errors.AddError($"{key} ({url}) must be {scheme}://ADDRESS:PORT with an IP address, localhost, or * for all addresses.");
            return;
        }

        if (address.IsLoopback || access.Value.KeysFile.Length > 0 || access.Value.AllowUnauthenticatedNetworkAccess)
            return;
        errors.AddError(
            $"{key} ({url}) listens beyond loopback, where anyone could write. Set Access:KeysFile to a file of API keys "
            + "(`gbridge key new` makes one), or, if that is really meant, Access:AllowUnauthenticatedNetworkAccess to true.");
    }

    private static void CheckCertificate(ValidateOptionsResultBuilder errors, ListenOptions options)
    {
        if (!File.Exists(options.TlsCertificateFile) || !File.Exists(options.TlsKeyFile))
            return; // said already
        try
        {
            X509Certificate2.CreateFromPemFile(options.TlsCertificateFile, options.TlsKeyFile).Dispose();
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            errors.AddError(
                $"Listen:TlsCertificateFile ({options.TlsCertificateFile}) and Listen:TlsKeyFile ({options.TlsKeyFile}) must hold a certificate "
                + $"and its unencrypted key as PEM: {wrong.Message}");
        }
    }

    private static void CheckFile(ValidateOptionsResultBuilder errors, string key, string path)
    {
        if (!File.Exists(path))
            errors.AddError($"{key} ({path}) must name an existing PEM file when Listen:Tls is set.");
    }
}

/// <summary>Scheme, address and port of one listener.</summary>
/// <param name="Addresses">Where to bind; empty means every address of the machine.</param>
internal sealed record ListenAddress(string Scheme, IReadOnlyList<IPAddress> Addresses, int Port)
{
    public bool IsLoopback => Addresses.Count > 0 && Addresses.All(IPAddress.IsLoopback);

    public static bool TryParse(string url, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        var asUri = url.Replace("://*", "://any-address", StringComparison.Ordinal).Replace("://+", "://any-address", StringComparison.Ordinal);
        if (!Uri.TryCreate(asUri, UriKind.Absolute, out var uri) || uri.AbsolutePath != "/" || uri.UserInfo.Length > 0)
            return false;
        IReadOnlyList<IPAddress>? bind = uri.Host switch
        {
            "any-address" => [],
            "localhost" => [IPAddress.Loopback],
            _ => IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) ? [ip] : null,
        };
        if (bind is null)
            return false;
        address = new ListenAddress(uri.Scheme, bind, uri.Port);
        return true;
    }
}
