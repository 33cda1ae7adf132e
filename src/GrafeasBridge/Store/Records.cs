using GrafeasBridge.Filtering;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>How far a version is on its way. The numbers are stored and equal those of grafeasbridge.v1.DeliveryState.</summary>
internal enum DeliveryState
{
    Pending = 1,
    Delivering = 2,
    Verified = 3,
    Drifted = 4,
    Waiting = 5,
    Parked = 6,
}

/// <summary>A note or occurrence as it is kept.</summary>
/// <param name="Content">The message of grafeas.v1 as protobuf, server-owned fields included: what every reader understands.</param>
/// <param name="Original">
/// The message of another version of the API that wrote it, as protobuf, when grafeas.v1 cannot say all of it; null otherwise.
/// </param>
internal sealed record StoredMessage(byte[] Content, byte[]? Original = null);

/// <summary>A note to be stored.</summary>
/// <param name="Kind">Number of grafeas.v1.NoteKind, or of a kind that only another version of the API has.</param>
/// <param name="Content">As in <see cref="StoredMessage"/>.</param>
/// <param name="Original">As in <see cref="StoredMessage"/>.</param>
internal sealed record NewNote(string Project, string Id, int Kind, byte[] Content, byte[]? Original = null);

/// <summary>An occurrence to be stored.</summary>
/// <param name="Id">Last part of its name; sorts by time of creation.</param>
/// <param name="Kind">Number as in <see cref="NewNote"/>; must equal that of the note.</param>
/// <param name="CreateTime">As in <paramref name="Content"/>; kept beside it for lists.</param>
/// <param name="Content">As in <see cref="StoredMessage"/>.</param>
/// <param name="RequestId">Identity of the sender's request, unique in the project; null when it has none.</param>
/// <param name="ContentHash">SHA-256 of what the sender wrote (server-owned fields left out): tells a repeat from a conflict.</param>
/// <param name="TraceParent">W3C traceparent of the call, so that delivery joins its trace; null when it has none.</param>
/// <param name="Original">As in <see cref="StoredMessage"/>.</param>
internal sealed record NewOccurrence(
    string Project,
    string Id,
    string NoteProject,
    string NoteId,
    int Kind,
    string ResourceUri,
    DateTimeOffset CreateTime,
    byte[] Content,
    string? RequestId,
    byte[] ContentHash,
    VersionResolution VersionResolution,
    string? TraceParent,
    byte[]? Original = null)
{
    public string Name => $"projects/{Project}/occurrences/{Id}";
}

/// <summary>The bytes that occurrences were read from, to be given back unchanged.</summary>
/// <param name="Gitoid">Identity of the bytes, unique in the project.</param>
internal sealed record NewUpload(string Project, string Gitoid, DateTimeOffset CreateTime, byte[] Content);

/// <summary>What became of one added occurrence.</summary>
/// <param name="Message">The stored occurrence: the new one, or the first one when the request was a repeat.</param>
/// <param name="Repeated">True when the same request had stored it before.</param>
/// <param name="UnmappedReason">Why it concerns no version yet; null when it does.</param>
internal sealed record AddedOccurrence(StoredMessage Message, bool Repeated, string? UnmappedReason, Creation Creation)
{
    /// <summary>True for a repeat of what is past retention: then <see cref="Message"/> is empty.</summary>
    public bool IsRetired { get; init; }
}

/// <summary>What is true of an occurrence since it was created; no update changes it.</summary>
/// <param name="Sequence">Its place among all occurrences: grows with every one, never reused.</param>
/// <param name="ContentDigest">SHA-256 of its first <see cref="StoredMessage.Content"/>; null for one stored before digests were kept.</param>
internal sealed record Creation(string Name, long Sequence, DateTimeOffset Time, byte[]? ContentDigest);

/// <summary>A key that receipts are signed with.</summary>
/// <param name="PublicKey">Kept for good.</param>
/// <param name="PrivateKey">Null when another key has taken its place, or when it is kept elsewhere.</param>
internal sealed record StoredKey(string Id, DateTimeOffset CreateTime, byte[] PublicKey, byte[]? PrivateKey);

/// <summary>A stored message with its place in list order.</summary>
/// <param name="Sequence">Grows with every insert of the same table, never reused.</param>
internal sealed record StoredItem(long Sequence, StoredMessage Message);

/// <summary>A project with its place in list order.</summary>
internal sealed record StoredProject(long Sequence, string Id);

/// <summary>What a list asks the store for: one part of it.</summary>
/// <param name="Condition">What every row of the answer fulfils. Notes keep no resource and no time: what is said of those holds for all.</param>
/// <param name="After">Sequence after which rows are wanted.</param>
/// <param name="Limit">Most rows of the part.</param>
/// <param name="MaxBytes">Bytes of messages after which the part ends; one larger message is a part of its own.</param>
/// <param name="MaxLooks">Rows to look at, roughly, after which the part ends; the store may end it earlier, but not before it has got on.</param>
internal sealed record ListQuery(Condition Condition, long After, int Limit, long MaxBytes = long.MaxValue, int MaxLooks = int.MaxValue);

/// <summary>A part of a list, in order of sequence.</summary>
/// <param name="Through">Every row up to this sequence that fulfils the condition has been given: where to go on after.</param>
/// <param name="IsLast">True when nothing follows.</param>
/// <param name="Looked">Rows looked at, to be counted against a budget.</param>
internal sealed record ListPart<T>(IReadOnlyList<T> Items, long Through, bool IsLast, int Looked);

/// <summary>An occurrence that concerns no version yet.</summary>
internal sealed record UnmappedItem(long Sequence, string Name, string ResourceUri, string Reason, DateTimeOffset CreateTime);

/// <summary>One version at one target, as it stands.</summary>
/// <param name="Sequence">Order in which versions were first heard of; the key of paging.</param>
/// <param name="FailingSince">When the present row of failures began; null without one.</param>
internal sealed record VersionRow(
    long Sequence,
    string Target,
    VersionCoordinates Coordinates,
    DeliveryState State,
    long Revision,
    long SettledRevision,
    int Attempts,
    DateTimeOffset? NextAttempt,
    string LastOutcome,
    string LastReason,
    DateTimeOffset UpdateTime,
    DateTimeOffset? VerifiedTime,
    DateTimeOffset? FailingSince);

/// <summary>Narrows a list of versions; null narrows nothing.</summary>
/// <param name="Version">Only together with subject, repo and package.</param>
/// <param name="Projects">Only versions to which an occurrence of one of these projects contributes.</param>
internal sealed record VersionFilter(
    string? Target = null,
    string? Subject = null,
    string? Repo = null,
    string? Package = null,
    DeliveryState? State = null,
    string? Commit = null,
    string? Digest = null,
    IReadOnlyList<string>? Projects = null,
    string? Version = null);

/// <summary>A version in the hands of one worker until its lease ends.</summary>
/// <param name="Lease">Unique per claim: settling needs it, so a late worker cannot settle over its successor.</param>
/// <param name="Revision">What was wanted at the time of the claim; only this revision may be settled.</param>
/// <param name="Attempts">Tries since the last success, this one included.</param>
/// <param name="FailingSince">When the present row of failures began; null on a first try.</param>
/// <param name="Owned">Names of attributes that the bridge has written, or was about to write, at the target.</param>
/// <param name="TraceParent">Of the call that last changed what is wanted.</param>
/// <param name="CrashCount">
/// How often in a row a try at it did not come to an end because its process did. It counts half after the intent was recorded: what
/// comes then is mostly waiting for the target, and no fault of the version.
/// </param>
/// <param name="WasDelivered">It was verified at the target once.</param>
/// <param name="MayRecreate">Somebody asked for it after that, so it may be created again should the target have lost it.</param>
/// <param name="DirtySince">Since when it waits to be verified: the first change, redelivery or drift that it was not verified after.</param>
internal sealed record ClaimedVersion(
    long Id,
    string Target,
    VersionCoordinates Coordinates,
    string Lease,
    long Revision,
    int Attempts,
    DateTimeOffset? FailingSince,
    IReadOnlyList<string> Owned,
    string? TraceParent,
    double CrashCount = 0,
    bool WasDelivered = false,
    bool MayRecreate = false,
    DateTimeOffset? DirtySince = null)
{
    /// <summary>Names that its worker may have set at the target since the claim; should the lease be lost, they stay the bridge's.</summary>
    public IReadOnlyList<string> MayHaveSet { get; set; } = [];
}

/// <summary>How many versions to take in hand, and for how long.</summary>
/// <param name="Newest">Most versions that became dirty last.</param>
/// <param name="Oldest">Most versions that are dirty for longest, after those.</param>
internal sealed record ClaimTerms(int Newest, int Oldest, TimeSpan Lease);

/// <summary>What a claim took.</summary>
/// <param name="PoisonCandidatesWait">Versions whose last try ended with its process wait to be claimed, each alone.</param>
internal sealed record Claim(IReadOnlyList<ClaimedVersion> Versions, bool PoisonCandidatesWait);

/// <summary>How a try ended, to be written on the version's row.</summary>
/// <param name="State">Verified, Waiting or Parked.</param>
/// <param name="NextAttempt">When to try again; set exactly when <paramref name="State"/> is Waiting.</param>
/// <param name="Owned">
/// Names that the bridge owns at the target, beside those that it owned before: a late write may still set one of them. A check gives them up.
/// </param>
/// <param name="ReadBack">What the target answered; null unless <paramref name="State"/> is Verified.</param>
/// <param name="RestUntil">Until when what changes next is gathered before the version is due again; null for no rest.</param>
/// <param name="CheckAt">When a verified version is looked at again; null for never.</param>
internal sealed record Settlement(
    DeliveryState State,
    string Outcome,
    string Reason,
    DateTimeOffset? NextAttempt,
    IReadOnlyList<string>? Owned,
    ReadBack? ReadBack = null,
    DateTimeOffset? RestUntil = null,
    DateTimeOffset? CheckAt = null)
{
    /// <exception cref="ArgumentException">It contradicts itself.</exception>
    public static void ThrowIfContradictory(Settlement settlement)
    {
        if (settlement.State is not (DeliveryState.Verified or DeliveryState.Waiting or DeliveryState.Parked)
            || settlement.State == DeliveryState.Waiting != settlement.NextAttempt.HasValue)
        {
            throw new ArgumentException($"{settlement.State} with next attempt {settlement.NextAttempt:O} settles nothing.", nameof(settlement));
        }
    }
}

/// <summary>A version at rest, to be compared with what its target carries now.</summary>
/// <param name="State">Verified or Drifted.</param>
/// <param name="VerifiedTime">With the revision it tells whether anybody delivered meanwhile.</param>
/// <param name="Owned">As in <see cref="ClaimedVersion"/>: what is owned and not in <paramref name="ReadBack"/> should not be there.</param>
/// <param name="ReadBack">What the target carried; null for a version verified before that was kept.</param>
internal sealed record RestingVersion(
    long Id,
    string Target,
    VersionCoordinates Coordinates,
    DeliveryState State,
    long Revision,
    DateTimeOffset? VerifiedTime,
    DateTimeOffset CheckAt,
    IReadOnlyList<string> Owned,
    ReadBack? ReadBack);

/// <summary>What a look at a resting version found, to be written on its row.</summary>
/// <param name="State">Verified, Drifted or Parked.</param>
/// <param name="Outcome">Empty to leave the last outcome and reason as they are.</param>
/// <param name="NextCheck">When to look again; null for not before it was verified again.</param>
/// <param name="Repair">The version is due at once.</param>
/// <param name="Owned">What the bridge owns from now on; null to leave it as it is.</param>
internal sealed record CheckResult(
    DeliveryState State,
    string Outcome,
    string Reason,
    DateTimeOffset? NextCheck,
    bool Repair = false,
    IReadOnlyList<string>? Owned = null)
{
    /// <exception cref="ArgumentException">It contradicts itself.</exception>
    public static void ThrowIfContradictory(CheckResult result)
    {
        if (result.State is not (DeliveryState.Verified or DeliveryState.Drifted or DeliveryState.Parked)
            || (result.Repair && result.State != DeliveryState.Drifted))
        {
            throw new ArgumentException($"{result.State} is not what a check finds.", nameof(result));
        }
    }
}

/// <summary>What a target carried when it was read back.</summary>
/// <param name="Digest">SHA-256 of a text that anyone can make of the target's answer.</param>
/// <param name="Names">The attributes that it is over.</param>
internal sealed record ReadBack(byte[] Digest, IReadOnlyList<string> Names);

/// <summary>The last delivery of a version to a target that was read back.</summary>
/// <param name="Revision">What was delivered; newer ones may be on their way.</param>
internal sealed record DeliveredVersion(long Revision, DateTimeOffset Time, ReadBack ReadBack);

/// <summary>What settling did.</summary>
internal enum SettleResult
{
    /// <summary>The row says what the settlement said.</summary>
    Settled,

    /// <summary>Written, but a newer revision had arrived: the version is due again at once.</summary>
    StillDirty,

    /// <summary>The lease had passed to somebody else; the version was marked dirty so that the newest state wins.</summary>
    LeaseLost,
}

/// <summary>Versions not yet verified at one target.</summary>
/// <param name="Count">Pending, waiting and in hand; parked ones are not counted.</param>
/// <param name="Parked">Versions that need a person.</param>
/// <param name="OldestDirty">When the one that waits longest became dirty.</param>
/// <param name="Drifted">Versions of which a check found that the target carries something else.</param>
/// <param name="PoisonCandidates">Those of <paramref name="Count"/> whose last try ended with its process, which wait to be tried alone.</param>
internal sealed record Backlog(long Count, long Parked, DateTimeOffset? OldestDirty, long Drifted = 0, long PoisonCandidates = 0);
