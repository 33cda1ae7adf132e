using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace BintrayEmulator;

/// <summary>Where the emulator listens, read from <c>http://HOST:PORT</c>.</summary>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        // '*' and '+' are Kestrel's words for "every interface"; Uri does not know them.
        var url = text?.Replace("//*", "//[::]", StringComparison.Ordinal).Replace("//+", "//[::]", StringComparison.Ordinal);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
            return false;

        if (string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            address = new ListenAddress(IPAddress.Loopback, uri.Port);
        else if (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip))
            address = new ListenAddress(ip, uri.Port);

        return address is not null;
    }
}
