using GrafeasBridge.Api.Pipeline;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

/// <summary>Opens Kestrel's listeners as <see cref="ListenOptions"/> say, every size bounded.</summary>
internal sealed class KestrelListeners(IOptions<ListenOptions> listen, IOptions<ServingOptions> serving) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions kestrel)
    {
        var options = listen.Value;
        var limits = serving.Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        // Both dialects measure what they read against Ingest:MaxMessageBytes and refuse in their own words. Kestrel's limit would come
        // first and turn a large gRPC message into a fault of the service, logged as an error for every caller who sends one.
        kestrel.Limits.MaxRequestBodySize = null;
        // HeaderLimits refuses in words; the server itself ends, without any, only what is far larger.
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderLimits.Grace * limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = HeaderLimits.Grace * limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(1024 * 1024, HeaderLimits.Grace * limits.MaxHeaderBytes);
        kestrel.Limits.MaxRequestHeaderCount = HeaderLimits.Grace * limits.MaxHeaders;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = HeaderLimits.Grace * limits.MaxHeaderBytes;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);

        Open(kestrel, options.Grpc, listener => listener.Protocols = HttpProtocols.Http2);
        Open(kestrel, options.Http, listener => listener.Protocols = HttpProtocols.Http1);
        Open(kestrel, options.Tls, listener =>
        {
            listener.Protocols = HttpProtocols.Http1AndHttp2;
            // Read per handshake would be slow, and a renewed certificate is taken up by a restart.
            var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(
                options.TlsCertificateFile, options.TlsKeyFile);
            listener.UseHttps(certificate);
        });
    }

    private static void Open(KestrelServerOptions kestrel, string url, Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions> configure)
    {
        if (url.Length == 0 || !ListenAddress.TryParse(url, out var address))
            return; // a wrong url has stopped the start already (ListenOptionsRules)
        if (address.Addresses.Count == 0)
            kestrel.ListenAnyIP(address.Port, configure);
        foreach (var ip in address.Addresses)
            kestrel.Listen(ip, address.Port, configure);
    }
}
