using System.Net;
using System.Net.Sockets;

namespace GrafeasBridge.Delivery.Http;

/// <summary>
/// Opens the connections to a target and refuses addresses at which clouds keep credentials. It looks at the address that is
/// really called, after DNS; private networks stay open, because that is where repositories live.
/// </summary>
internal static class GuardedConnect
{
    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fe80::/10"),
        // Metadata services outside the link-local ranges: AWS over IPv6, Alibaba, Oracle.
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("192.0.0.192/32"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <exception cref="ForbiddenAddressException">When every address of the host is forbidden.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var end = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(end.Host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(end.Host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(a => !IsForbidden(a))];
        if (addresses.Length > 0 && allowed.Length == 0)
            throw new ForbiddenAddressException();

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsForbidden(IPAddress address)
    {
        var meant = Unwrap(address);
        return Array.Exists(Forbidden, range => range.Contains(meant));
    }

    /// <summary>An IPv4 address may come inside an IPv6 one: mapped, NAT64 or 6to4.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : address;
    }
}

/// <summary>The target's name leads to an address that is never called.</summary>
internal sealed class ForbiddenAddressException() : IOException("The address is link-local or of a metadata service.");
