namespace GrafeasBridge.Cli.Demo;

/// <summary>The last lines that a process printed.</summary>
internal sealed class LogTail
{
    private const int Kept = 40;

    private readonly Queue<string> lines = new();
    private readonly Lock gate = new();

    public void Add(string? line)
    {
        if (line is null)
            return;

        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > Kept)
                lines.Dequeue();
        }
    }

    public bool Mentions(string text)
    {
        lock (gate)
            return lines.Any(l => l.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    public override string ToString()
    {
        lock (gate)
            return lines.Count == 0 ? "(it printed nothing)" : string.Join('\n', lines.Select(l => "  | " + l));
    }
}
