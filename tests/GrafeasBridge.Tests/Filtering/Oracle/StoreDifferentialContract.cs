using System.Text.Json.Nodes;
using Google.Protobuf;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>A whole filtered list, with the database and its pages, against the oracle. Longer and repeated as <see cref="DifferentialTests"/>.</summary>
public abstract class StoreDifferentialContract : StoreContract
{
    private const int Filters = 300;
    private const int PerStore = 100;
    private const int Occurrences = 40;
    private const string Project = "p";

    private PageTokens? tokens;

    [Fact]
    public async Task A_filtered_list_holds_exactly_what_the_oracle_says_in_order()
    {
        var random = new Random(Seeds.Next(TestContext.Current.TestOutputHelper));
        var terms = new RandomTerms(random);
        await Store.AddNotesAsync([.. RandomMessages.Notes.Select(note => new NewNote(note.Project, note.Id, (int)note.Kind, []))], Stop);
        var (stored, differences, listed, runs) = (new List<(string Name, JsonNode Read)>(), new List<string>(), 0L, PropertyRuns.Of(Filters));
        for (var run = 0; run < runs; run++)
        {
            if (run % PerStore == 0)
                await RefillAsync(random, run, stored);
            var (term, text) = terms.Next();
            string[] expected = [.. stored.Where(occurrence => FilterOracle.Matches(term, occurrence.Read)).Select(occurrence => occurrence.Name)];
            // Now and then in small pages, or in pages that the budget ends early.
            var found = await ListAsync(text, random.Next(8) == 0 ? random.Next(1, 9) : Occurrences, random.Next(8) == 0 ? 7 : 1000);
            listed += found.Count;
            if (!expected.SequenceEqual(found))
                differences.Add($"{text}\n  should give {string.Join(' ', expected)}\n  gave        {string.Join(' ', found)}");
        }

        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"{runs} filtered lists, {listed} occurrences listed, {differences.Count} differences");
        foreach (var difference in differences.OrderBy(difference => difference.Length).Take(10))
            output.WriteLine(difference);
        Assert.Empty(differences);
        Assert.InRange(listed, runs * Occurrences / 10, runs * Occurrences * 9 / 10);
    }

    private async Task RefillAsync(Random random, int run, List<(string Name, JsonNode Read)> stored)
    {
        foreach (var (name, _) in stored)
            await Store.DeleteOccurrenceAsync(Project, name.Split('/')[3], Stop);
        stored.Clear();
        var generator = new RandomMessages(random);
        var added = new List<NewOccurrence>();
        for (var i = 0; i < Occurrences; i++)
        {
            var message = generator.Next(Project, run + i);
            var note = message.NoteName.Split('/');
            added.Add(Occurrence() with
            {
                Project = Project,
                Id = message.Name.Split('/')[3],
                NoteProject = note[1],
                NoteId = note[3],
                Kind = (int)message.Kind,
                ResourceUri = message.ResourceUri,
                CreateTime = message.CreateTime.ToDateTimeOffset(),
                Content = message.ToByteArray(),
            });
            stored.Add((message.Name, FilterOracle.Read(message)));
        }

        await Store.AddOccurrencesAsync(added, Stop);
    }

    private async Task<List<string>> ListAsync(string filter, int pageSize, int maxScan)
    {
        var lists = new ListReader(tokens ??= new PageTokens(Store), Options.Create(new ApiOptions { MaxFilterScan = maxScan }));
        var names = new List<string>();
        for (var token = string.Empty; ;)
        {
            (var page, token) = await lists.ReadAsync(
                new ListCall("ListOccurrences", Project, filter, FilterSubject.Occurrences, pageSize, token),
                query => Store.ListOccurrencesAsync(Project, query, Stop),
                row => (row.Sequence, Grafeas.V1.Occurrence.Parser.ParseFrom(row.Message.Content)),
                Stop);
            names.AddRange(page.Select(occurrence => occurrence.Name));
            if (token.Length == 0)
                return names;
        }
    }
}
