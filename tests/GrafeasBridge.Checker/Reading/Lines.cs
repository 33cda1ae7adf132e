namespace GrafeasBridge.Checker.Reading;

/// <summary>A line of a file. <paramref name="IsWhole"/> is false for a last one without a line feed behind it.</summary>
internal readonly record struct Line(int Number, ReadOnlyMemory<byte> Bytes, bool IsWhole);

/// <summary>Reads files of JSON lines, one at a time, in bounded memory.</summary>
internal static class Lines
{
    private const int LargestLine = 64 * 1024 * 1024;

    /// <summary>Each line that is not empty. Its bytes are good until the next one is asked for.</summary>
    public static IEnumerable<Line> Read(Stream stream, string name)
    {
        var buffer = new byte[1024 * 1024];
        var (start, end, number) = (0, 0, 0);
        while (true)
        {
            var feed = Array.IndexOf(buffer, (byte)'\n', start, end - start);
            if (feed >= 0)
            {
                number++;
                if (feed > start)
                    yield return new Line(number, buffer.AsMemory(start, feed - start), IsWhole: true);
                start = feed + 1;
                continue;
            }

            buffer = MakeRoom(buffer, ref start, ref end, $"{name}:{number + 1}");
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                break;
            end += read;
        }

        if (end > start)
            yield return new Line(number + 1, buffer.AsMemory(start, end - start), IsWhole: false);
    }

    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"'{path}' cannot be read: {e.Message}");
        }
    }

    // Lines before the start are done with; a line longer than the buffer gets a larger one.
    private static byte[] MakeRoom(byte[] buffer, ref int start, ref int end, string place)
    {
        var next = buffer;
        if (start == 0 && end == buffer.Length)
            next = buffer.Length < LargestLine ? new byte[buffer.Length * 2] : throw new BadInputException($"{place} is longer than {LargestLine} bytes.");
        Buffer.BlockCopy(buffer, start, next, 0, end - start);
        (start, end) = (0, end - start);
        return next;
    }
}
