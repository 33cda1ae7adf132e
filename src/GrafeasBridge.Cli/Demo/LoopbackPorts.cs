using System.Net;
using System.Net.Sockets;

namespace GrafeasBridge.Cli.Demo;

/// <summary>Addresses on loopback that nobody listens on.</summary>
internal static class LoopbackPorts
{
    /// <summary>Different ones, as all are held until the last is found. Another program may still be quicker: see the caller.</summary>
    public static Uri[] Free(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                listeners.Add(new TcpListener(IPAddress.Loopback, 0));
                listeners[i].Start();
            }

            return [.. listeners.Select(l => new Uri($"http://{l.LocalEndpoint}"))];
        }
        finally
        {
            listeners.ForEach(l => l.Dispose());
        }
    }
}
