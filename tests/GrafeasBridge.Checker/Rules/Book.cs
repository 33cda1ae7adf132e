using System.Security.Cryptography;
using System.Text;
using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;

namespace GrafeasBridge.Checker.Rules;

/// <summary>Everything that senders wrote down, by key and by name. Grows with the number of occurrences, at about a kilobyte each.</summary>
internal sealed class Book(ReceiptRule receipts, Findings findings)
{
    private const int MaxCreations = 5_000_000;

    private readonly Dictionary<string, Creation> creations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Creation> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Deletion> deletionsByKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Deletion> deletions = new(StringComparer.Ordinal);
    private readonly Dictionary<VersionId, string> parked = [];
    private long highest;

    public IReadOnlyCollection<Creation> Creations => creations.Values;

    /// <summary>By the name that was to go; the first when several wanted it.</summary>
    public IReadOnlyDictionary<string, Deletion> Deletions => deletions;

    /// <summary>Why versions are not delivered, as the service says.</summary>
    public IReadOnlyDictionary<VersionId, string> Parked => parked;

    public List<Verification> Verifications { get; } = [];

    public List<Listing> Listings { get; } = [];

    public List<Place> Kills { get; } = [];

    public List<string> Seeds { get; } = [];

    public Creation? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Reads one journal to its end.</summary>
    public void Read(string path)
    {
        highest = 0;
        using var stream = Lines.Open(path);
        foreach (var line in Lines.Read(stream, path))
        {
            if (Parse(line, path) is not { } record)
                continue;
            findings.Count($"journal.{record.Kind.ToString().ToLowerInvariant()}");
            Add(record, new Place(Path.GetFileName(path), line.Number, record.At));
        }

        findings.Count("journal.files");
    }

    private JournalLine? Parse(Line line, string path)
    {
        try
        {
            return JournalLine.Parse(line.Bytes.Span);
        }
        catch (System.Text.Json.JsonException) when (!line.IsWhole)
        {
            findings.Count("journal.torn");
            return null;
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new BadInputException($"{path}:{line.Number} is no record of a journal: {e.Message}");
        }
    }

    private void Add(JournalLine record, Place place)
    {
        switch (record.Kind)
        {
            case JournalKind.Sent when record.Op == "create":
                SentCreation(record, place);
                break;
            case JournalKind.Sent:
                SentDeletion(record, place);
                break;
            case JournalKind.Told when deletionsByKey.TryGetValue(record.Key!, out var deletion):
                deletion.Told ??= place;
                break;
            case JournalKind.Told:
                Told(Known(record, place), record, place);
                break;
            case JournalKind.Refused or JournalKind.Unknown when !deletionsByKey.ContainsKey(record.Key!):
                Known(record, place).Answered(mayBeStored: record.Kind == JournalKind.Unknown);
                break;
            case JournalKind.Verified:
                Verifications.Add(new Verification(VersionOf(record), record.Revision ?? 0, record.Occurrences!, record.Proof, place));
                break;
            case JournalKind.Parked:
                parked[VersionOf(record)] = record.Reason!;
                break;
            case JournalKind.Stored:
                Listings.Add(new Listing(record.Project, place, record.Names!));
                break;
            case JournalKind.Mark:
                Mark(record.Text!, place);
                break;
        }
    }

    private void SentCreation(JournalLine record, Place place)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(record.Occurrence!.Value.GetRawText())));
        if (!creations.TryGetValue(record.Key!, out var creation))
        {
            if (creations.Count == MaxCreations)
                throw new BadInputException($"The journals hold more than {MaxCreations} occurrences.");
            creations[record.Key!] = creation = new Creation(record.Key!, Content.Of(record.Occurrence.Value), hash, place)
            {
                Floor = highest,
                Parts = WireForm.Parts(record.Occurrence.Value),
            };
        }
        else if (creation.Json != hash)
        {
            throw new BadInputException($"{place}: the key '{record.Key}' was used for something else at {creation.First}.");
        }
        else if (creation.First.File != place.File)
        {
            creation.Floor = null;
        }

        creation.Sent();
    }

    private void SentDeletion(JournalLine record, Place place)
    {
        if (deletionsByKey.ContainsKey(record.Key!))
            return;
        var deletion = new Deletion(record.Name!, place);
        deletionsByKey[record.Key!] = deletion;
        if (!deletions.TryAdd(record.Name!, deletion) && deletions[record.Name!].Told is null)
            deletions[record.Name!] = deletion;
    }

    private Creation Known(JournalLine record, Place place) => creations.GetValueOrDefault(record.Key!)
        ?? throw new BadInputException($"{place}: the key '{record.Key}' was never sent.");

    private void Told(Creation creation, JournalLine record, Place place)
    {
        creation.Answered(mayBeStored: false);
        var name = record.Name!;
        if (!creation.Told.Exists(t => t.Name == name))
        {
            creation.Told.Add(new Acknowledgement(name, place));
            if (creation.Told.Count > 1)
                findings.Add(Rule.Duplicated, creation.Key, "One key was told two names.", creation.Told.Select(t => $"{t.Name}: {t.Place}"));
        }

        if (!byName.TryAdd(name, creation) && byName[name] != creation)
        {
            var other = byName[name];
            findings.Add(Rule.Wrong, name, "One name was told for two keys.", $"{creation.Key}: {place}", $"{other.Key}: {other.Told[0].Place}");
        }

        creation.Created ??= Instant.Parse(record.CreateTime ?? record.Receipt?.CreateTime);
        if (record.Receipt is null)
            return;
        receipts.Check(creation, record.Receipt, name, place);
        highest = Math.Max(highest, record.Receipt.Sequence);
    }

    private void Mark(string text, Place place)
    {
        findings.Count("marks." + text.Split(' ', '=')[0]);
        if (text.StartsWith("killed", StringComparison.Ordinal))
            Kills.Add(place);
        if (text.StartsWith("seed=", StringComparison.Ordinal))
            Seeds.Add(text["seed=".Length..]);
    }

    private static VersionId VersionOf(JournalLine record) => new(record.Subject!, record.Repo!, record.Package!, record.Version!);
}
