using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Which versions an occurrence concerns, before and after the knowledge about its digests arrives.</summary>
public abstract class LinkingContract : StoreContract
{
    private static readonly PackageCoordinates Package = Web("any").InPackage;

    [Fact]
    public async Task An_occurrence_that_names_a_version_makes_it_known_and_dirty()
    {
        await AddNoteAsync();
        var occurrence = Occurrence(Names(Web("1.4.0"), Web("latest")));
        Assert.Null((await AddAsync(occurrence)).UnmappedReason);

        var row = await Store.FindVersionAsync(Target, Web("1.4.0"), Stop);
        Assert.NotNull(row);
        Assert.Equal((DeliveryState.Pending, 1L, 0L, 0), (row.State, row.Revision, row.SettledRevision, row.Attempts));
        Assert.Equal(Clock.GetUtcNow(), row.UpdateTime);
        Assert.Equal((Web("1.4.0"), Target, "", "", null, null), (row.Coordinates, row.Target, row.LastOutcome, row.LastReason, row.NextAttempt, row.VerifiedTime));
        Assert.Equal(["1.4.0", "latest"], await VersionsOfAsync(occurrence));
        Assert.Equal([Text(occurrence.Content)], await ContentsOfAsync(Web("latest")));
    }

    [Fact]
    public async Task What_resolves_to_nothing_is_stored_and_shown_with_its_reason()
    {
        await AddNoteAsync();
        var occurrence = Occurrence(Nowhere("the host gcr.io is not configured"));
        Assert.Equal("the host gcr.io is not configured", (await AddAsync(occurrence)).UnmappedReason);

        var found = await Store.FindOccurrenceVersionsAsync("ci", occurrence.Id, Stop);
        Assert.Empty(found!.Value.Versions);
        Assert.Equal("the host gcr.io is not configured", found.Value.UnmappedReason);
        var shown = Assert.Single(await Store.ListUnmappedAsync("ci", 0, 10, Stop));
        Assert.Equal(
            (occurrence.Name, occurrence.ResourceUri, "the host gcr.io is not configured", occurrence.CreateTime),
            (shown.Name, shown.ResourceUri, shown.Reason, shown.CreateTime));
        Assert.Empty(await Store.ListUnmappedAsync("ci", shown.Sequence, 10, Stop));
        Assert.Empty(await Store.ListUnmappedAsync("other", 0, 10, Stop));
        Assert.Null(await Store.FindOccurrenceVersionsAsync("ci", "none", Stop));
    }

    [Fact]
    public async Task An_attestation_that_came_before_the_build_lands_on_the_version_when_the_build_arrives()
    {
        await AddNoteAsync();
        var attestation = Occurrence(Refers(new DigestReference(Package, Digest('a'), null)));
        var reason = (await AddAsync(attestation)).UnmappedReason;
        Assert.Contains(Digest('a'), reason, StringComparison.Ordinal);
        Assert.Contains("acme/images/team/web", reason, StringComparison.Ordinal);

        var build = Occurrence(Teaches(Digest('a'), Web("1.4.0")));
        await AddAsync(build);
        Assert.Equal(["1.4.0"], await VersionsOfAsync(attestation));
        Assert.Empty(await Store.ListUnmappedAsync("ci", 0, 10, Stop));
        Assert.Equal(2, (await ContentsOfAsync(Web("1.4.0"))).Count);
    }

    [Fact]
    public async Task An_attestation_that_comes_after_the_build_lands_on_every_tag_of_the_digest()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1.4.0"), Web("1.4"))));
        var attestation = Occurrence(Refers(new DigestReference(Package, Digest('a'), Web("sha256-a"))));
        Assert.Null((await AddAsync(attestation)).UnmappedReason);
        Assert.Equal(["1.4", "1.4.0"], (await VersionsOfAsync(attestation)).Order());
        Assert.Null(await Store.FindVersionAsync(Target, Web("sha256-a"), Stop));
        Assert.Equal(2L, (await Store.FindVersionAsync(Target, Web("1.4"), Stop))!.Revision);
    }

    [Fact]
    public async Task A_tag_learned_later_replaces_the_stand_in_and_both_versions_become_dirty()
    {
        await AddNoteAsync();
        var scan = Occurrence(Refers(new DigestReference(Package, Digest('a'), Web("sha256-a"))));
        Assert.Null((await AddAsync(scan)).UnmappedReason);
        Assert.Equal(["sha256-a"], await VersionsOfAsync(scan));
        await VerifyAllAsync();

        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1.4.0"))));
        Assert.Equal(["1.4.0"], await VersionsOfAsync(scan));
        Assert.Empty(await ContentsOfAsync(Web("sha256-a")));
        Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync(Target, Web("sha256-a"), Stop))!.State);
        Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync(Target, Web("1.4.0"), Stop))!.State);
    }

    [Fact]
    public async Task Another_tag_for_a_known_digest_reaches_the_occurrences_that_are_there()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1.4.0"))));
        var attestation = Occurrence(Refers(new DigestReference(Package, Digest('a'), null)));
        await AddAsync(attestation);
        await VerifyAllAsync();

        await AddAsync(Occurrence(Teaches(Digest('a'), Web("stable"))));
        Assert.Equal(["1.4.0", "stable"], (await VersionsOfAsync(attestation)).Order());
        Assert.Equal(DeliveryState.Verified, (await Store.FindVersionAsync(Target, Web("1.4.0"), Stop))!.State);

        // The same lesson again changes nothing for the attestation.
        var revision = (await Store.FindVersionAsync(Target, Web("1.4.0"), Stop))!.Revision;
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("stable"))));
        Assert.Equal(revision, (await Store.FindVersionAsync(Target, Web("1.4.0"), Stop))!.Revision);
    }

    [Fact]
    public async Task A_digest_of_one_package_says_nothing_about_another()
    {
        await AddNoteAsync();
        var other = new PackageCoordinates("acme", "images", "other");
        var scoped = Occurrence(Refers(new DigestReference(other, Digest('a'), null)));
        var anywhere = Occurrence(Refers(new DigestReference(null, Digest('a'), null)));
        await AddAsync(scoped);
        Assert.Contains("in any package", (await AddAsync(anywhere)).UnmappedReason, StringComparison.Ordinal);

        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1.4.0"))));
        Assert.Empty(await VersionsOfAsync(scoped));
        Assert.Equal(["1.4.0"], await VersionsOfAsync(anywhere));
        Assert.Equal(scoped.Name, Assert.Single(await Store.ListUnmappedAsync("ci", 0, 10, Stop)).Name);

        await AddAsync(Occurrence(Teaches(Digest('a'), other.At("9"))));
        Assert.Equal(["9"], await VersionsOfAsync(scoped));
        Assert.Equal(["1.4.0", "9"], (await VersionsOfAsync(anywhere)).Order());
    }

    [Fact]
    public async Task A_stand_in_stays_while_another_digest_of_the_occurrence_still_needs_it()
    {
        await AddNoteAsync();
        var standIn = Web("untagged");
        var scan = Occurrence(Refers(
            new DigestReference(Package, Digest('a'), standIn), new DigestReference(Package, Digest('b'), standIn)));
        await AddAsync(scan);
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1"))));
        Assert.Equal(["1", "untagged"], (await VersionsOfAsync(scan)).Order());
        await AddAsync(Occurrence(Teaches(Digest('b'), Web("2"))));
        Assert.Equal(["1", "2"], (await VersionsOfAsync(scan)).Order());
    }

    [Fact]
    public async Task A_version_that_is_also_named_outright_is_not_withdrawn_as_a_stand_in()
    {
        await AddNoteAsync();
        var both = new VersionResolution([Web("sha256-a")], [new DigestReference(Package, Digest('a'), Web("sha256-a"))], [], [], "docker", null);
        var occurrence = Occurrence(both);
        await AddAsync(occurrence);
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1"))));
        Assert.Equal(["1", "sha256-a"], (await VersionsOfAsync(occurrence)).Order());
    }

    [Fact]
    public async Task Thousands_of_findings_on_one_digest_are_relinked_at_once()
    {
        await AddNoteAsync();
        var findings = Enumerable.Range(0, 3000)
            .Select(_ => Occurrence(Refers(new DigestReference(Package, Digest('a'), Web("sha256-a"))))).ToList();
        foreach (var batch in findings.Chunk(500))
            await Store.AddOccurrencesAsync(batch, Stop);
        var before = (await Store.FindVersionAsync(Target, Web("sha256-a"), Stop))!.Revision;

        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1.4.0"))));
        Assert.Equal(3001, (await ContentsOfAsync(Web("1.4.0"))).Distinct().Count());
        Assert.Empty(await ContentsOfAsync(Web("sha256-a")));
        Assert.Equal(before + 1, (await Store.FindVersionAsync(Target, Web("sha256-a"), Stop))!.Revision);
        Assert.Equal(1L, (await Store.FindVersionAsync(Target, Web("1.4.0"), Stop))!.Revision);
    }

    [Fact]
    public async Task A_batch_may_hold_the_attestation_before_its_build()
    {
        await AddNoteAsync();
        var attestation = Occurrence(Refers(new DigestReference(Package, Digest('a'), Web("sha256-a"))));
        await Store.AddOccurrencesAsync([attestation, Occurrence(Teaches(Digest('a'), Web("1.4.0")))], Stop);
        Assert.Equal(["1.4.0"], await VersionsOfAsync(attestation));
    }

    [Fact]
    public async Task An_updated_occurrence_leaves_its_old_version_and_both_become_dirty()
    {
        await AddNoteAsync();
        var occurrence = Occurrence(Names(Web("old")));
        await AddAsync(occurrence);
        await VerifyAllAsync();

        var changed = await Store.UpdateOccurrenceAsync(
            "ci", occurrence.Id, stored => occurrence with { Content = Longer(stored, '!').Content, VersionResolution = Names(Web("new")) }, Stop);
        Assert.Equal(Text(occurrence.Content) + "!", Text(changed));
        Assert.Equal(Text(changed), Text(await Store.FindOccurrenceAsync("ci", occurrence.Id, Stop)));
        Assert.Equal(["new"], await VersionsOfAsync(occurrence));
        Assert.Empty(await ContentsOfAsync(Web("old")));
        foreach (var version in new[] { "old", "new" })
            Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync(Target, Web(version), Stop))!.State);

        await Store.UpdateOccurrenceAsync("ci", occurrence.Id, _ => occurrence with { VersionResolution = Nowhere("lost") }, Stop);
        Assert.Equal("lost", Assert.Single(await Store.ListUnmappedAsync("ci", 0, 10, Stop)).Reason);
        await RefusedAsync(
            StoreFailure.KindMismatch, () => Store.UpdateOccurrenceAsync("ci", occurrence.Id, _ => occurrence with { Kind = Attestation }, Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.UpdateOccurrenceAsync("ci", "none", _ => occurrence, Stop));
    }

    [Fact]
    public async Task Deleting_an_occurrence_marks_its_version_and_keeps_what_it_taught()
    {
        await AddNoteAsync();
        var build = Occurrence(Teaches(Digest('a'), Web("1.4.0")));
        await AddAsync(build);
        await VerifyAllAsync();
        await Store.DeleteOccurrenceAsync("ci", build.Id, Stop);

        Assert.Equal(DeliveryState.Pending, (await Store.FindVersionAsync(Target, Web("1.4.0"), Stop))!.State);
        Assert.Empty(await ContentsOfAsync(Web("1.4.0")));
        Assert.Equal([Web("1.4.0")], await Store.FindVersionsOfDigestAsync(Package, Digest('a'), Stop));
    }

    [Fact]
    public async Task Versions_of_a_digest_are_found_in_one_package_or_in_all()
    {
        await AddNoteAsync();
        var other = new PackageCoordinates("acme", "images", "other").At("9");
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1"), other)));
        Assert.Equal([Web("1"), other], await Store.FindVersionsOfDigestAsync(null, Digest('a'), Stop));
        Assert.Equal([other], await Store.FindVersionsOfDigestAsync(other.InPackage, Digest('a'), Stop));
        Assert.Empty(await Store.FindVersionsOfDigestAsync(new PackageCoordinates("x", "y", "z"), Digest('a'), Stop));
        Assert.Empty(await Store.FindVersionsOfDigestAsync(null, Digest('f'), Stop));
    }

    private async Task<IReadOnlyList<string>> VersionsOfAsync(NewOccurrence occurrence)
    {
        var found = await Store.FindOccurrenceVersionsAsync(occurrence.Project, occurrence.Id, Stop);
        Assert.NotNull(found);
        Assert.Equal(found.Value.Versions.Count == 0, found.Value.UnmappedReason is not null);
        return [.. found.Value.Versions.Select(row => row.Coordinates.Version)];
    }
}
