namespace GrafeasBridge.Cli.Input;

/// <summary>Reads a file, or standard input for "-", up to a bound.</summary>
internal static class InputText
{
    public const string StandardInput = "-";

    private const int Largest = 256 * 1024 * 1024;

    private const string TooLarge = "holds more than 256 MiB. Split it: newline-delimited JSON can be cut between lines.";

    /// <exception cref="CliException">It cannot be read, is empty, or too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(path);
            // A terminal's read cannot be cancelled; the wait for it can.
            var content = await ReadAllAsync(input, path, cancellationToken).WaitAsync(cancellationToken);
            return WithoutMark(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadInput(e.Message);
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream input, string path, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var chunk = new byte[64 * 1024];
        for (int read; (read = await input.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (content.Length + read > Largest)
                throw CliException.BadInput($"'{path}' {TooLarge}");

            content.Write(chunk, 0, read);
        }

        return content.ToArray();
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] content) =>
        content.AsSpan().StartsWith("\uFEFF"u8) ? content.AsMemory(3) : content;
}
