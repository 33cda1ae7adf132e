using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;

namespace GrafeasBridge.Benchmarks.Load;

/// <summary>
/// Drives one gRPC method with h2load (package nghttp2-client), which leaves most of the processor to the service. It sends
/// the same body again and again; what it cannot see is grpc-status, so callers count afterwards what was stored.
/// </summary>
internal static class H2Load
{
    /// <param name="Calls">Answered within the run.</param>
    /// <param name="PerSecond">Calls a second.</param>
    /// <param name="P50">Milliseconds.</param>
    /// <param name="P99">Milliseconds.</param>
    public sealed record Result(int Calls, double PerSecond, double P50, double P99);

    /// <param name="streams">Calls in flight at any time, on one connection up to 64 and 64 a connection beyond.</param>
    /// <param name="headers">Further ones, such as <c>x-api-key: k</c>.</param>
    public static Task<Result> RunAsync(int port, string method, IMessage body, int streams, int calls, params string[] headers) =>
        RunOnAsync(Math.Max(1, streams / 64), port, method, body, streams, calls, headers);

    /// <summary>The same on a number of connections, among which the streams are shared.</summary>
    public static async Task<Result> RunOnAsync(int connections, int port, string method, IMessage body, int streams, int calls, params string[] headers)
    {
        var folder = Directory.CreateTempSubdirectory("h2load").FullName;
        try
        {
            var data = Path.Combine(folder, "body");
            var log = Path.Combine(folder, "log");
            await File.WriteAllBytesAsync(data, Framed(body));
            var start = new ProcessStartInfo("h2load", [
                "-n", Text(calls), "-c", Text(connections), "-m", Text(streams / connections), "-d", data, "--log-file", log,
                "-H", "content-type: application/grpc", "-H", "te: trailers", .. headers.SelectMany(header => new[] { "-H", header }), $"http://127.0.0.1:{port}{method}",
            ])
            { RedirectStandardOutput = true, UseShellExecute = false };
            var before = Stopwatch.GetTimestamp();
            using var process = Process.Start(start) ?? throw new InvalidOperationException("h2load did not start");
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var took = Stopwatch.GetElapsedTime(before);
            return Read(log, took);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A line of the log: start in microseconds, HTTP status (-1 when failed), duration in microseconds.
    private static Result Read(string log, TimeSpan took)
    {
        var durations = new List<double>();
        foreach (var line in File.ReadLines(log))
        {
            var parts = line.Split('\t');
            if (parts[1] != "200")
                throw new InvalidOperationException($"h2load saw HTTP status {parts[1]}.");
            durations.Add(double.Parse(parts[2], CultureInfo.InvariantCulture) / 1000);
        }

        durations.Sort();
        return new Result(
            durations.Count,
            durations.Count / took.TotalSeconds,
            durations[durations.Count / 2],
            durations[(int)(durations.Count * 0.99)]);
    }

    // One uncompressed gRPC message: flag, length, bytes.
    private static byte[] Framed(IMessage body)
    {
        var message = body.ToByteArray();
        var framed = new byte[message.Length + 5];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
