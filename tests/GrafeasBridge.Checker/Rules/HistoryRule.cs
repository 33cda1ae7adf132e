using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;

namespace GrafeasBridge.Checker.Rules;

/// <summary>
/// What the target held, change by change: every VERIFIED and every proof must be true of a state that was there by then, and what a version
/// lost must come back. Entries come in order and are not kept.
/// </summary>
internal sealed class HistoryRule(Findings findings, Arguments arguments)
{
    private readonly TimeSpan skew = arguments.Skew;
    private readonly int maxValues = arguments.MaxValues;
    private readonly Dictionary<VersionId, Track> tracks = [];

    /// <summary>What the journals say was verified; before the first entry.</summary>
    public void Expect(Book book, ReceiptRule receipts)
    {
        foreach (var told in book.Verifications)
        {
            string[] names = [.. told.Names.Distinct().Where(n => !(book.Deletions.TryGetValue(n, out var gone) && gone.First.At <= told.Place.At))];
            if (names.Length > 0)
                TrackOf(told.Version).Claims.Add(new Claim(told.Place.At + skew, told.Place, "VERIFIED was answered", names, null));
            if (told.Proof is { } proof)
                Expect(told, proof, receipts);
            else if (names.Length == 0)
                findings.Pass("answers VERIFIED that name no occurrence and hold no proof");
        }
    }

    public void Add(HistoryEntry entry)
    {
        findings.Count("history");
        var track = TrackOf(entry.State.Id);
        var now = new HashSet<string>(entry.State.Occurrences, StringComparer.Ordinal);
        var step = new Step(entry.Sequence, entry.Time, entry.Verb, entry.IsFault);
        Judge(track, entry, now, step);
        // A full set has no room for the oldest names.
        if (now.Count < maxValues)
        {
            foreach (var name in track.Now.Where(n => !now.Contains(n)))
                track.Missing[name] = step;
        }

        foreach (var name in now.Where(n => track.Missing.Count > 0 && track.Missing.ContainsKey(n)))
        {
            findings.Count(track.Missing[name].IsFault ? "steps.backByFault.healed" : "steps.back.healed");
            track.Missing.Remove(name);
        }

        track.Now = now;
    }

    /// <summary>Says what was never true, and what never came back.</summary>
    public void Finish(Book book)
    {
        foreach ((var version, var track) in tracks)
        {
            foreach (var claim in track.Claims)
                Report(version, claim);
            foreach ((var name, var step) in track.Missing.Where(m => book.Find(m.Key) is not null && !book.Deletions.ContainsKey(m.Key)))
                Report(version, name, step);
        }
    }

    private void Expect(Verification told, SignedProof proof, ReceiptRule receipts)
    {
        findings.Count("proofs");
        receipts.CheckSignature($"the proof of {told.Version}", proof.KeyId, CountedLines.Of(proof), proof.Signature, told.Place);
        var about = new VersionId(proof.Subject, proof.Repo, proof.Package, proof.Version);
        if (about != told.Version)
            findings.Add(Rule.Wrong, told.Version.ToString(), $"Its proof is about {about}.", told.Place.ToString());
        if (Instant.Parse(proof.VerifiedTime) is not { } signed)
        {
            findings.Add(Rule.Wrong, told.Version.ToString(), $"Its proof has no time but '{proof.VerifiedTime}'.", told.Place.ToString());
            return;
        }

        var by = arguments.TrustsProofTimes ? signed.ToTime() : told.Place.At;
        TrackOf(told.Version).Claims.Add(new Claim(by + skew, told.Place, $"the proof of revision {proof.Revision} was given", [], proof));
    }

    private void Judge(Track track, HistoryEntry entry, HashSet<string> now, Step step)
    {
        if (track.Claims.Count == 0)
            return;
        var hashes = new Dictionary<string, string?>(StringComparer.Ordinal);
        track.Claims.RemoveAll(claim =>
        {
            if (claim.TrueAt is not null || !IsTrue(claim, entry.State, now, hashes))
                return false;
            if (entry.Time > claim.By)
            {
                claim.TrueAt = step;
                return false;
            }

            return true;
        });
    }

    private bool IsTrue(Claim claim, TargetVersion state, HashSet<string> now, Dictionary<string, string?> hashes)
    {
        if (claim.Proof is { } proof)
        {
            var names = string.Join('\n', proof.Attributes);
            if (!hashes.TryGetValue(names, out var hash))
                hashes[names] = hash = CountedLines.ReadBack(state, proof.Attributes);
            return hash == proof.ReadBackHash;
        }

        // The newest name is the likeliest one to be missing. A full set of names cannot show them all.
        for (var i = claim.Names.Count - 1; i >= 0; i--)
        {
            if (!now.Contains(claim.Names[i]))
                return now.Count >= maxValues;
        }

        return true;
    }

    private void Report(VersionId version, Claim claim)
    {
        var what = claim.Proof is null ? $"the target held no state with {claim.Names.Count} occurrences" : "no state that the target held has its digest";
        findings.Add(
            Rule.Early,
            version.ToString(),
            $"By the time that {claim.What}, {what}.",
            claim.Place.ToString(),
            claim.TrueAt is null ? "it was never so" : $"first so: {claim.TrueAt}",
            claim.Proof?.ReadBackHash ?? string.Join(' ', claim.Names.Take(10)));
    }

    private void Report(VersionId version, string name, Step step)
    {
        if (step.IsFault)
            findings.Count("steps.backByFault.open");
        else
            findings.Add(Rule.OutOfOrder, version.ToString(), $"It carried '{name}', then went back and stayed so.", $"went back: {step}");
    }

    private Track TrackOf(VersionId version)
    {
        if (!tracks.TryGetValue(version, out var track))
            tracks[version] = track = new Track();
        return track;
    }

    private sealed record Step(long Sequence, DateTimeOffset Time, string Verb, bool IsFault)
    {
        public override string ToString() => $"history {Sequence} at {Time:O} ({Verb})";
    }

    /// <summary>Something that the service said and that must have been true by a time.</summary>
    private sealed record Claim(DateTimeOffset By, Place Place, string What, IReadOnlyList<string> Names, SignedProof? Proof)
    {
        /// <summary>When it became true after all.</summary>
        public Step? TrueAt { get; set; }
    }

    private sealed class Track
    {
        public HashSet<string> Now { get; set; } = [];

        public Dictionary<string, Step> Missing { get; } = new(StringComparer.Ordinal);

        public List<Claim> Claims { get; } = [];
    }
}
