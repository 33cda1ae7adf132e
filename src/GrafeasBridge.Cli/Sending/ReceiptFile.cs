using GrafeasBridge.Cli.Input;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Sending;

/// <summary>Where receipts are kept: a line of JSON each, written as they arrive, behind what is there.</summary>
internal sealed class ReceiptFile : IDisposable
{
    private readonly Lock turn = new();
    private readonly StreamWriter writer;

    private ReceiptFile(StreamWriter writer) => this.writer = writer;

    /// <exception cref="CliException">It cannot be written. Found out before anything is sent.</exception>
    public static ReceiptFile Open(string path)
    {
        try
        {
            return new ReceiptFile(new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CliException.BadInput($"--receipts: {e.Message}");
        }
    }

    public void Add(Receipt receipt)
    {
        var line = ProtoJson.Format(receipt);
        lock (turn)
            writer.WriteLine(line);
    }

    public void Dispose() => writer.Dispose();
}
