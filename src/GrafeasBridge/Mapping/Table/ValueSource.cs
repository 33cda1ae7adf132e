using Grafeas.V1;

namespace GrafeasBridge.Mapping.Table;

/// <summary>
/// One place that a row takes values from, as written in the table: <c>path</c>; <c>url(path)</c>, which takes web addresses
/// only; <c>path -> text</c>, the text when the path holds anything; <c>=text</c>, always; <c>@reader</c>.
/// </summary>
internal sealed class ValueSource
{
    private const string Arrow = " -> ";
    private readonly Func<Occurrence, IEnumerable<PathValue>> read;

    private ValueSource(string text, Func<Occurrence, IEnumerable<PathValue>> read)
    {
        Text = text;
        this.read = read;
    }

    public string Text { get; }

    /// <summary>The constant that it may give; null when it gives what it reads.</summary>
    public string? Constant { get; private init; }

    public IEnumerable<PathValue> Read(Occurrence occurrence) => read(occurrence);

    /// <exception cref="FormatException">With a sentence on what is wrong.</exception>
    public static ValueSource Parse(string text, Readers readers)
    {
        if (text.StartsWith('='))
            return Constantly(text);
        if (text.StartsWith('@'))
            return new ValueSource(text, readers.Find(text[1..]).Read);
        if (text.Split(Arrow) is [var condition, { Length: > 0 } constant])
            return Conditional(text, condition, constant);

        var isUrl = text.StartsWith("url(", StringComparison.Ordinal) && text.EndsWith(')');
        var path = OccurrencePathParser.Parse(isUrl ? text[4..^1] : text);
        if (path.EndsInMessage)
        {
            throw new FormatException(
                "it ends in a message, not in a value; go on into it, or write ' -> text' behind it to ask for its presence");
        }

        return new ValueSource(text, isUrl ? o => path.Read(o).Where(f => IsWebAddress(f.Value)) : path.Read);
    }

    private static ValueSource Constantly(string text)
    {
        if (text.Length == 1)
            throw new FormatException("'=' needs a text behind it");
        PathValue[] found = [new PathValue(text[1..], text)];
        return new ValueSource(text, _ => found) { Constant = text[1..] };
    }

    private static ValueSource Conditional(string text, string condition, string constant)
    {
        var path = OccurrencePathParser.Parse(condition);
        return new ValueSource(text, o => path.Read(o).Take(1).Select(f => new PathValue(constant, f.Field))) { Constant = constant };
    }

    private static bool IsWebAddress(object value) =>
        value is string text
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
}
