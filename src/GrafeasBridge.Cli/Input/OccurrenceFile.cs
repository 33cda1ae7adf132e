using System.Text.Json;
using Google.Protobuf;
using Grafeas.V1;

namespace GrafeasBridge.Cli.Input;

/// <summary>
/// Reads occurrences from JSON: one, an array, or one after another (newline-delimited). Each may be bare, or within
/// <c>{parent, occurrence}</c>, <c>{parent, occurrences: […]}</c> or <c>{noteParent, noteId, note, request: {parent, occurrence}}</c>.
/// What is wrong with one does not hide the others.
/// </summary>
internal sealed class OccurrenceFile
{
    private const int DeepestJson = 200;

    /// <summary>What a recorded payload may say about itself; it is not sent.</summary>
    private static readonly HashSet<string> About = ["id", "api", "source", "adapted", "expect", "expect_why"];

    private readonly string file;
    private readonly List<SendItem> items = [];

    private OccurrenceFile(string file) => this.file = file;

    /// <summary>Reads one file; what cannot be read becomes an item with a problem.</summary>
    public static async Task<IReadOnlyList<SendItem>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(path == InputText.StandardInput ? "(stdin)" : path, await InputText.ReadAsync(path, cancellationToken));
        }
        catch (CliException e)
        {
            return [SendItem.Invalid(new InputLocation(path, 0), e.Message)];
        }
    }

    public static IReadOnlyList<SendItem> Parse(string file, ReadOnlyMemory<byte> content)
    {
        var reading = new OccurrenceFile(file);
        reading.ReadValues(content);
        if (reading.items.Count == 0)
            return [SendItem.Invalid(new InputLocation(file, 0), "holds no occurrence.")];

        return reading.items is [var only] ? [only with { InputLocation = new InputLocation(file, 0) }] : reading.items;
    }

    private void ReadValues(ReadOnlyMemory<byte> content)
    {
        var reader = new Utf8JsonReader(content.Span, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DeepestJson });
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                ReadDocument(content[start..(int)reader.BytesConsumed]);
            }
        }
        catch (JsonException e)
        {
            // Where the next value would begin is unknown from here on.
            AddProblem($"is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    private void ReadDocument(ReadOnlyMemory<byte> value)
    {
        try
        {
            using var document = JsonDocument.Parse(value, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DeepestJson });
            ReadValue(document.RootElement, parent: null);
        }
        catch (JsonException e)
        {
            AddProblem(e.Message);
        }
    }

    private void ReadValue(JsonElement value, string? parent)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
                ReadValue(element, parent);
            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
            AddProblem($"holds a {value.ValueKind} where an occurrence belongs.");
        else if (Has(value, "request") || Has(value, "noteId"))
            ReadRecorded(value);
        else if (Has(value, "occurrences"))
            ReadBatch(value, parent);
        else if (Has(value, "occurrence"))
            ReadRequest(value, note: null);
        else
            AddOccurrence(value, parent, note: null);
    }

    private void ReadRecorded(JsonElement value)
    {
        if (value.TryGetProperty("api", out var api) && api.ValueKind == JsonValueKind.String && !api.ValueEquals("v1"))
        {
            AddProblem($"is in the form of api '{api.GetString()}'; this command sends v1.");
            return;
        }

        if (UnexpectedField(value, ["noteParent", "noteId", "note", "request", .. About]) is { } unexpected)
        {
            AddProblem(unexpected);
            return;
        }

        if (!TryReadNote(value, out var note))
            return;
        if (value.TryGetProperty("request", out var request))
            ReadRequest(request, note);
        else if (note is not null)
            items.Add(new SendItem(Next(), note.Parent, null, note, null));
        else
            AddProblem("has neither a request nor a note.");
    }

    private bool TryReadNote(JsonElement value, out NoteToCreate? note)
    {
        note = null;
        if (!value.TryGetProperty("note", out var content))
            return true;

        if (Text(value, "noteParent") is not { } parent || Text(value, "noteId") is not { } id)
        {
            AddProblem("has a note, but not both noteParent and noteId as text.");
            return false;
        }

        if (!TryParse(content, out Note? parsed))
            return false;

        note = new NoteToCreate(parent, id, parsed);
        return true;
    }

    private void ReadRequest(JsonElement request, NoteToCreate? note)
    {
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("occurrence", out var occurrence))
            AddProblem("has a request without an occurrence.");
        else if (UnexpectedField(request, ["parent", "occurrence"]) is { } unexpected)
            AddProblem(unexpected);
        else
            AddOccurrence(occurrence, Text(request, "parent"), note);
    }

    private void ReadBatch(JsonElement value, string? parent)
    {
        // nextPageToken and unreachable: an answer of ListOccurrences may be sent as it is.
        if (UnexpectedField(value, ["parent", "occurrences", "nextPageToken", "unreachable"]) is { } unexpected)
            AddProblem(unexpected);
        else if (value.GetProperty("occurrences") is not { ValueKind: JsonValueKind.Array } list)
            AddProblem("has occurrences that are not an array.");
        else
            ReadValue(list, Text(value, "parent") ?? parent);
    }

    private void AddOccurrence(JsonElement value, string? parent, NoteToCreate? note)
    {
        if (!TryParse(value, out Occurrence? occurrence))
            return;

        if (occurrence.NoteName.Length == 0 && note is not null)
            occurrence.NoteName = note.Name;
        items.Add(new SendItem(Next(), parent, occurrence, note, null));
    }

    private bool TryParse<T>(JsonElement value, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>, new()
    {
        try
        {
            message = ProtoJson.Parse<T>(value.GetRawText());
            return true;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException or FormatException)
        {
            AddProblem($"is not a {typeof(T).Name}: {e.Message}");
            message = null;
            return false;
        }
    }

    private static bool Has(JsonElement value, string name) => value.TryGetProperty(name, out _);

    private static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string? UnexpectedField(JsonElement value, HashSet<string> known) =>
        value.EnumerateObject().Select(p => p.Name).FirstOrDefault(name => !known.Contains(name)) is { } name
            ? $"has '{name}', which does not belong there."
            : null;

    private InputLocation Next() => new(file, items.Count + 1);

    private void AddProblem(string problem) => items.Add(SendItem.Invalid(Next(), problem));
}
