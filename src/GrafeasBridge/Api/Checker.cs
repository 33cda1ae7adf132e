using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace GrafeasBridge.Api;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Field">Path from the request message, such as <c>occurrences[3].build.provenance.id</c>.</param>
/// <param name="Sentence">What is wrong, to be read after the path.</param>
internal sealed record Problem(string Field, string Sentence);

/// <summary>
/// Collects every problem of a request with its field path. A valid message costs nothing: the path is kept as segments in
/// place and becomes text only when there is something to say.
/// </summary>
internal ref struct Checker
{
    /// <summary>Problems kept for one call; further ones are counted.</summary>
    public const int MaxProblems = 200;

    private Segments segments;
    private int depth;
    private List<Problem>? problems;

    public readonly bool Any => problems is not null;

    public readonly IReadOnlyList<Problem> Problems => problems ?? [];

    /// <summary>How many problems there are beyond <see cref="Problems"/>.</summary>
    public int Uncounted { get; private set; }

    public void Enter(string field) => Enter(new Segment(field, -1, null));

    public void Enter(string field, int index) => Enter(new Segment(field, index, null));

    public void Enter(string field, string key) => Enter(new Segment(field, -1, key));

    public void Leave() => depth--;

    public void Required(string value, string field)
    {
        if (value.Length == 0)
            Add(field, "is required");
    }

    public void Required(Google.Protobuf.ByteString value, string field)
    {
        if (value.IsEmpty)
            Add(field, "is required");
    }

    /// <summary>At least one element is wanted.</summary>
    public void AtLeastOne(int count, string field)
    {
        if (count == 0)
            Add(field, "needs at least one element");
    }

    /// <param name="field">Below the path entered so far; empty for that path itself.</param>
    public void Add(string field, string sentence)
    {
        problems ??= [];
        if (problems.Count < MaxProblems)
            problems.Add(new Problem(Path(field), sentence));
        else
            Uncounted++;
    }

    private readonly string Path(string field)
    {
        var path = new StringBuilder();
        for (var i = 0; i < Math.Min(depth, Shown); i++)
        {
            var segment = segments[i];
            if (i > 0)
                path.Append('.');
            path.Append(segment.Field);
            if (segment.Index >= 0)
                path.Append(CultureInfo.InvariantCulture, $"[{segment.Index}]");
            if (segment.Key is not null)
                path.Append(CultureInfo.InvariantCulture, $"[{QuotedText.Shorten(segment.Key)}]");
        }

        if (depth > Shown)
            path.Append(".…");
        if (field.Length > 0)
            path.Append(depth > 0 ? "." : string.Empty).Append(field);
        return path.ToString();
    }

    private void Enter(Segment segment)
    {
        if (depth < Shown)
            segments[depth] = segment;
        depth++;
    }

    private readonly record struct Segment(string Field, int Index, string? Key);

    // The deepest rule is occurrences[i].build.provenance.source_provenance.file_hashes[k].file_hash[j]: six. Only JSON values
    // inside JSON values go deeper than what is kept.
    private const int Shown = 12;

    [InlineArray(Shown)]
    private struct Segments
    {
        private Segment first;
    }
}
