namespace GrafeasBridge.Delivery.Http;

/// <summary>What went wrong on the wire, in sentences that hold nothing of the exception.</summary>
internal static class WireFaults
{
    public static string Say(HttpRequestException fault) => fault.HttpRequestError switch
    {
        _ when Has<ForbiddenAddressException>(fault) =>
            "The target's host name leads to a link-local or metadata address, which is never called; correct its BaseUrl.",
        HttpRequestError.NameResolutionError => "The target's host name cannot be resolved.",
        HttpRequestError.SecureConnectionError => "No secure connection to the target: TLS or its certificate failed.",
        HttpRequestError.ConnectionError => "No connection to the target: refused or unreachable.",
        HttpRequestError.ResponseEnded => "The target closed the connection before its answer ended.",
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "The target's answer is not HTTP.",
        HttpRequestError.ConfigurationLimitExceeded => "The target's answer has more headers than are read (32 KiB).",
        HttpRequestError.ProxyTunnelError => "The proxy gave no tunnel to the target.",
        _ => "The connection to the target broke.",
    };

    /// <summary>True when no connection came about, whatever was to be asked.</summary>
    public static bool IsDisconnected(HttpRequestException fault) => fault.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ConnectionError
        or HttpRequestError.ProxyTunnelError;

    private static bool Has<T>(Exception? fault)
        where T : Exception => fault is not null && (fault is T || Has<T>(fault.InnerException));
}
