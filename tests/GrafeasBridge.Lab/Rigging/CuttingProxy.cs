using System.Net;
using System.Net.Sockets;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>A wire between senders and service that breaks in the middle of a reply, after a number of bytes that a seed draws.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ends = new();
    private readonly Random dice;
    private readonly int to;
    private readonly int mostBytes;
    private readonly Task accepting;
    private int cuts;

    /// <param name="to">The port that all goes to.</param>
    /// <param name="mostBytes">A connection breaks after at most that many bytes of replies.</param>
    public CuttingProxy(int to, int seed, int mostBytes)
    {
        (this.to, this.mostBytes, dice) = (to, mostBytes, new Random(seed));
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>From now on the wire holds.</summary>
    public bool Holds { get; set; }

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        listener.Dispose();
        await accepting;
        ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!ends.IsCancellationRequested)
        {
            try
            {
                var near = await listener.AcceptSocketAsync(ends.Token);
                _ = CarryAsync(near, dice.Next(100, mostBytes));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException && ends.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(Socket near, int budget)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (near)
        {
            try
            {
                near.NoDelay = true;
                await far.ConnectAsync(IPAddress.Loopback, to, ends.Token);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token);
                var first = await Task.WhenAny(PumpAsync(near, far, int.MaxValue, either.Token), PumpAsync(far, near, budget, either.Token));
                await either.CancelAsync();
                await first;
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // One end has gone: so does the other.
            }

            // At once and without a word, as a cut wire does; what was not read yet is lost.
            near.LingerState = new LingerOption(true, 0);
            near.Close();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, int budget, CancellationToken stop)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await from.ReceiveAsync(buffer, stop);
            if (read == 0)
                return;
            var breaks = !Holds && read >= budget;
            await to.SendAsync(buffer.AsMemory(0, breaks ? budget : read), stop);
            if (breaks)
            {
                Interlocked.Increment(ref cuts);
                return;
            }

            budget -= Math.Min(read, budget - 1);
        }
    }
}
