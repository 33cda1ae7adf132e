using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace GrafeasBridge.Cli.Connecting;

/// <summary>Opens the channel to the service.</summary>
internal static class Connection
{
    /// <summary>A version with thousands of source occurrences is a large answer; the bound keeps a wrong server from filling memory.</summary>
    private const int LargestAnswer = 64 * 1024 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="CliException">The file of authorities cannot be used.</exception>
    public static GrpcChannel Open(ConnectionSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            // h2c does not pass a proxy, and loopback needs none.
            UseProxy = settings.Server.Scheme == Uri.UriSchemeHttps && !settings.Server.IsLoopback,
        };
        if (settings.CaFile is not null)
            handler.SslOptions = Trusting(settings.CaFile);

        return GrpcChannel.ForAddress(settings.Server, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestAnswer,
            ThrowOperationCanceledOnCancellation = true,
        });
    }

    private static SslClientAuthenticationOptions Trusting(string caFile)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // Private authorities seldom publish revocation lists; the platform's default for TLS clients is the same.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw CliException.BadInput($"--ca-file: {e.Message}");
        }

        if (policy.CustomTrustStore.Count == 0)
            throw CliException.BadInput($"--ca-file '{caFile}' holds no PEM certificate.");

        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
