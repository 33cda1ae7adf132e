using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>
/// The verbs that the bridge needs of a database. When a writing verb returns, what it did is on stable storage, and every
/// later read on any instance sees it. Every verb may throw <see cref="StoreException"/>; nothing is ever half-done.
/// </summary>
internal interface IBridgeStore
{
    // Projects. Notes and occurrences do not need their project to have been created.

    /// <summary>AlreadyExists when it is there.</summary>
    Task AddProjectAsync(string project, CancellationToken cancellationToken);

    Task<bool> HasProjectAsync(string project, CancellationToken cancellationToken);

    /// <summary>Keeps the project's notes and occurrences. NotFound when it is not there.</summary>
    Task DeleteProjectAsync(string project, CancellationToken cancellationToken);

    Task<IReadOnlyList<StoredProject>> ListProjectsAsync(long after, int limit, CancellationToken cancellationToken);

    // Notes

    /// <summary>All or none. AlreadyExists (with the index) when an id is taken, in the store or twice in the batch.</summary>
    Task AddNotesAsync(IReadOnlyList<NewNote> notes, CancellationToken cancellationToken);

    /// <returns>The note, or null.</returns>
    Task<StoredMessage?> FindNoteAsync(string project, string id, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the note by what <paramref name="change"/> makes of it, with no other write in between. What it throws ends
    /// the call and changes nothing. NotFound when it is not there.
    /// </summary>
    /// <returns>What is stored now.</returns>
    Task<StoredMessage> UpdateNoteAsync(
        string project, string id, Func<StoredMessage, StoredMessage> change, CancellationToken cancellationToken);

    /// <summary>Keeps the note's occurrences. NotFound when it is not there.</summary>
    Task DeleteNoteAsync(string project, string id, CancellationToken cancellationToken);

    /// <summary>A short read, whatever the condition: a caller goes on after <see cref="ListPart{T}.Through"/> until a part is the last.</summary>
    Task<ListPart<StoredItem>> ListNotesAsync(string project, ListQuery query, CancellationToken cancellationToken);

    // Occurrences

    /// <summary>
    /// Stores all or none, and in the same transaction links each to its versions and marks those dirty at every target.
    /// NotFound for a missing note, KindMismatch, AlreadyExists for a request id with other content: each with its index.
    /// The same request again (id and content hash equal) is answered with what it stored first, or past retention with its name alone.
    /// </summary>
    /// <param name="upload">Kept in the same transaction; one that is there already stays as it is.</param>
    /// <returns>One result for each occurrence, in order.</returns>
    Task<IReadOnlyList<AddedOccurrence>> AddOccurrencesAsync(
        IReadOnlyList<NewOccurrence> occurrences, NewUpload? upload, CancellationToken cancellationToken);

    /// <returns>The bytes of an upload as they came, or null.</returns>
    Task<byte[]?> FindUploadAsync(string project, string gitoid, CancellationToken cancellationToken);

    /// <returns>The occurrence, or null.</returns>
    Task<StoredMessage?> FindOccurrenceAsync(string project, string id, CancellationToken cancellationToken);

    /// <returns>
    /// What is true of the occurrence since it was created, and what is stored now: nothing for one past retention. Null when it is not there.
    /// </returns>
    Task<(Creation Creation, StoredMessage Message)?> FindCreationAsync(string project, string id, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the occurrence by what <paramref name="change"/> makes of it, links it anew, and marks every version
    /// that it concerned or concerns dirty. Id, project, note and resource stay. NotFound when it is not there.
    /// </summary>
    /// <returns>What is stored now.</returns>
    Task<StoredMessage> UpdateOccurrenceAsync(
        string project, string id, Func<StoredMessage, NewOccurrence> change, CancellationToken cancellationToken);

    /// <summary>Removes it and marks the versions that it concerned dirty. NotFound when it is not there.</summary>
    Task DeleteOccurrenceAsync(string project, string id, CancellationToken cancellationToken);

    /// <summary>In parts, as notes are.</summary>
    Task<ListPart<StoredItem>> ListOccurrencesAsync(string project, ListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Occurrences of all projects that point at the note; only those of <paramref name="projects"/> when it is not null. In parts.
    /// </summary>
    Task<ListPart<StoredItem>> ListNoteOccurrencesAsync(
        string noteProject, string noteId, IReadOnlyList<string>? projects, ListQuery query, CancellationToken cancellationToken);

    Task<IReadOnlyList<UnmappedItem>> ListUnmappedAsync(string project, long after, int limit, CancellationToken cancellationToken);

    // Versions, asked for

    Task<VersionRow?> FindVersionAsync(string target, VersionCoordinates version, CancellationToken cancellationToken);

    /// <returns>The last delivery that was read back; null when there was none, or none since what is read back is kept.</returns>
    Task<DeliveredVersion?> FindDeliveredAsync(string target, VersionCoordinates version, CancellationToken cancellationToken);

    Task<IReadOnlyList<VersionRow>> ListVersionsAsync(VersionFilter filter, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The same under a condition over state, target and names too. In parts, as notes are.</summary>
    Task<ListPart<VersionRow>> ListVersionsAsync(VersionFilter filter, ListQuery query, CancellationToken cancellationToken);

    /// <returns>The versions (at every target) and the reason when there are none; null when the occurrence is not there.</returns>
    Task<(IReadOnlyList<VersionRow> Versions, string? UnmappedReason)?> FindOccurrenceVersionsAsync(
        string project, string id, CancellationToken cancellationToken);

    /// <summary>Versions known for a digest; all packages when <paramref name="package"/> is null.</summary>
    Task<IReadOnlyList<VersionCoordinates>> FindVersionsOfDigestAsync(
        PackageCoordinates? package, string digest, CancellationToken cancellationToken);

    /// <summary>The occurrences that contribute to a version, as protobuf, read as a stream: there may be many.</summary>
    IAsyncEnumerable<byte[]> ReadOccurrencesOfAsync(VersionCoordinates version, CancellationToken cancellationToken);

    // What is past retention

    /// <returns>What is left of the version's occurrences past retention; null when none are.</returns>
    Task<FoldedHistory?> FindFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken);

    /// <summary>How many occurrences of the version are past retention: changes whenever the rest of its occurrences does for that.</summary>
    Task<long> CountFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken);

    /// <summary>Reads old occurrences that may go. A short read, whatever is stored: a caller goes on until a part is the last.</summary>
    Task<AgedPart> ReadAgedAsync(AgedQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Puts the occurrences of a part away, in one transaction: each version keeps its state instead, and of each occurrence its name,
    /// request and digest are remembered. Nobody is marked dirty. False, and nothing is changed, when a version or an occurrence is no
    /// longer as it was read.
    /// </summary>
    /// <param name="states">For each version of the part what its folded history and these occurrences give it.</param>
    Task<bool> RetireAsync(AgedPart part, IReadOnlyList<byte[]> states, CancellationToken cancellationToken);

    /// <summary>Forgets the names of occurrences that were put away before, some of them.</summary>
    /// <returns>How many.</returns>
    Task<int> ForgetRetiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    // Versions, delivered

    /// <summary>Makes a row for every known version at targets that are new in the configuration. Run once at start.</summary>
    Task EnsureTargetsAsync(IReadOnlyList<string> targets, CancellationToken cancellationToken);

    /// <summary>
    /// Takes due versions of a target into hand, each with a new lease: pending ones, and waiting ones whose time has come. One
    /// whose lease has ended in somebody's hand becomes a poison candidate, which only <see cref="ClaimPoisonCandidateAsync"/> takes.
    /// </summary>
    Task<Claim> ClaimAsync(string target, ClaimTerms terms, CancellationToken cancellationToken);

    /// <summary>Takes one version into hand whose last try did not come to an end; null when there is none.</summary>
    Task<ClaimedVersion?> ClaimPoisonCandidateAsync(string target, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Adds to the attributes that the bridge owns at the target, before they are written there: after a crash in between,
    /// the bridge still knows that they are its own. False when the lease was lost: then nothing may be written.
    /// </summary>
    Task<bool> RecordIntentAsync(ClaimedVersion version, IReadOnlyList<string> owned, CancellationToken cancellationToken);

    /// <summary>
    /// Writes on the row how the try ended. Without the lease it only marks the version dirty, and keeps what its worker may have set as owned.
    /// </summary>
    Task<SettleResult> SettleAsync(ClaimedVersion version, Settlement settlement, CancellationToken cancellationToken);

    /// <summary>
    /// Gives versions back unsettled, as on a graceful stop: pending at once, the attempt not counted. One whose lease was lost is
    /// marked dirty, as in settling.
    /// </summary>
    Task ReleaseAsync(IReadOnlyList<ClaimedVersion> versions, CancellationToken cancellationToken);

    /// <summary>
    /// Marks a version dirty with its attempts at zero, parked or not; NotFound when it is not there. What its target has lost may
    /// then be created again.
    /// </summary>
    Task<VersionRow> RedeliverAsync(string target, VersionCoordinates version, CancellationToken cancellationToken);

    /// <summary>The same for many, in one transaction; a version whose state is no longer that of its row is left alone.</summary>
    /// <returns>How many were marked.</returns>
    Task<int> RedeliverAsync(IReadOnlyList<VersionRow> versions, CancellationToken cancellationToken);

    /// <summary>Versions at rest whose check is due, the one that waits longest first.</summary>
    /// <param name="longest">A check that is due later than this from now counts as due: the clock or the setting has changed.</param>
    Task<IReadOnlyList<RestingVersion>> ListToCheckAsync(string target, TimeSpan longest, int limit, CancellationToken cancellationToken);

    /// <summary>Writes down what a check found; false, and nothing is written, when the version has changed or was delivered since it was listed.</summary>
    Task<bool> RecordCheckAsync(RestingVersion version, CheckResult result, CancellationToken cancellationToken);

    /// <summary>What the bridge has learned about a target, as it was kept last; null when nothing was.</summary>
    Task<string?> FindLearnedAsync(string target, CancellationToken cancellationToken);

    Task KeepLearnedAsync(string target, string learned, CancellationToken cancellationToken);

    /// <summary>When the next version of a target becomes due, a time long past when one is; null when none will by itself.</summary>
    Task<DateTimeOffset?> NextDueAsync(string target, CancellationToken cancellationToken);

    /// <summary>Completes when something has become dirty since the call before, or when <paramref name="cancellationToken"/> ends it.</summary>
    Task WaitForDirtyAsync(string target, CancellationToken cancellationToken);

    Task<Backlog> BacklogAsync(string target, CancellationToken cancellationToken);

    // The house

    /// <summary>Opens the database and brings its schema to this program's. Broken when the schema is newer.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Proves that a write reaches stable storage now; throws Unavailable or Broken with the reason when not.</summary>
    Task CheckWritableAsync(CancellationToken cancellationToken);

    /// <summary>A random secret of 32 bytes, made once and shared by every instance on the same database.</summary>
    Task<byte[]> SharedSecretAsync(string name, CancellationToken cancellationToken);

    /// <summary>The keys of receipts, newest first.</summary>
    Task<IReadOnlyList<StoredKey>> ListSigningKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds a key and wipes the private parts of all others, unless the newest is no longer <paramref name="after"/>: then another
    /// instance was first, and nothing is changed.
    /// </summary>
    /// <param name="after">Id of the newest key that the caller knows; null for none.</param>
    /// <returns>The keys as they are now, newest first.</returns>
    Task<IReadOnlyList<StoredKey>> AddSigningKeyAsync(StoredKey key, string? after, CancellationToken cancellationToken);
}

/// <summary>Shorter ways to say what is said often.</summary>
internal static class BridgeStoreVerbs
{
    /// <summary>Occurrences that came by themselves, without an upload.</summary>
    public static Task<IReadOnlyList<AddedOccurrence>> AddOccurrencesAsync(
        this IBridgeStore store, IReadOnlyList<NewOccurrence> occurrences, CancellationToken cancellationToken) =>
        store.AddOccurrencesAsync(occurrences, upload: null, cancellationToken);

    /// <summary>Takes what is newest; when nothing is due, a poison candidate.</summary>
    public static async Task<IReadOnlyList<ClaimedVersion>> ClaimAsync(
        this IBridgeStore store, string target, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claim = await store.ClaimAsync(target, new ClaimTerms(max, 0, lease), cancellationToken);
        if (claim.Versions.Count > 0 || !claim.PoisonCandidatesWait)
            return claim.Versions;
        return await store.ClaimPoisonCandidateAsync(target, lease, cancellationToken) is { } candidate ? [candidate] : [];
    }
}
