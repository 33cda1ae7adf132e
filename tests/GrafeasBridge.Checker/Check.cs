using System.Text.Json;
using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;
using GrafeasBridge.Checker.Rules;

namespace GrafeasBridge.Checker;

/// <summary>One check from its input to its findings: journals first, then the history as it passes by, then the end.</summary>
internal sealed class Check : IDisposable
{
    private readonly HttpClient http = new() { MaxResponseContentBufferSize = 1024 * 1024 * 1024, Timeout = TimeSpan.FromMinutes(5) };
    private readonly Arguments arguments;

    public Check(Arguments arguments) => this.arguments = arguments;

    public Findings Findings { get; } = new();

    public IReadOnlyList<string> Seeds { get; private set; } = [];

    public async Task RunAsync()
    {
        var keys = arguments.Keys is { } place ? Keys.Of(await BytesAsync(place), place) : null;
        var receipts = new ReceiptRule(keys, Findings);
        var book = new Book(receipts, Findings);
        foreach (var journal in arguments.Journals)
            book.Read(journal);
        Seeds = book.Seeds;
        Findings.Count("keys.created", book.Creations.Count);
        Findings.Count("keys.uncertain", book.Creations.Count(c => c.IsUncertain));
        await CheckHistoryAsync(book, receipts);
        await CheckEndAsync(book);
        receipts.Finish();
    }

    public void Dispose() => http.Dispose();

    private async Task CheckHistoryAsync(Book book, ReceiptRule receipts)
    {
        if ((arguments.History ?? arguments.Target?.ToString()) is not { } place)
        {
            Findings.Pass("early and out-of-order, because no history was given");
            return;
        }

        var rule = new HistoryRule(Findings, arguments);
        rule.Expect(book, receipts);
        var history = new History();
        if (Arguments.Web(place) is { } emulator)
        {
            await foreach (var page in PagesAsync(emulator))
            {
                foreach (var entry in history.Read(page.RootElement, emulator.ToString()))
                    rule.Add(entry);
            }
        }
        else
        {
            foreach (var entry in history.ReadFile(place))
                rule.Add(entry);
        }

        rule.Finish(book);
    }

    private async Task CheckEndAsync(Book book)
    {
        var place = arguments.State ?? new Uri(arguments.Target!, "/_emulator/state").ToString();
        IReadOnlyDictionary<VersionId, TargetVersion> state;
        await using (Stream stream = arguments.State is { } file ? Lines.Open(file) : new MemoryStream(await BytesAsync(place)))
            state = await TargetState.ReadAsync(stream, place);
        var atTarget = new HashSet<string>(state.Values.SelectMany(v => v.Occurrences), StringComparer.Ordinal);
        var missing = new ListingRule(book, Findings).Check(atTarget);
        new TargetRule(book, Findings, arguments.MaxValues).Check(state, atTarget, missing);
    }

    private async IAsyncEnumerable<JsonDocument> PagesAsync(Uri emulator)
    {
        for (long after = 0; ;)
        {
            var place = new Uri(emulator, $"/_emulator/history?after={after}&limit=1000").ToString();
            using var page = History.Parse(await BytesAsync(place), place);
            yield return page;
            if (!Content.Get(page.RootElement, "next").TryGetInt64(out var next) || !Content.Get(page.RootElement, "last").TryGetInt64(out var last))
                throw new BadInputException($"{place} answered no page of a history.");
            if (next >= last || next == after)
                break;
            after = next;
        }
    }

    private async Task<byte[]> BytesAsync(string place)
    {
        try
        {
            return Arguments.Web(place) is { } url ? await http.GetByteArrayAsync(url) : await File.ReadAllBytesAsync(place);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or TaskCanceledException)
        {
            throw new BadInputException($"'{place}' cannot be read: {e.Message}");
        }
    }
}
