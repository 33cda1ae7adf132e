using CsCheck;
using Google.Protobuf;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1Beta1;
using BetaNote = Grafeas.V1Beta1.Note;
using BetaOccurrence = Grafeas.V1Beta1.Occurrence;
using V1Note = Grafeas.V1.Note;
using V1Occurrence = Grafeas.V1.Occurrence;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>Two views of one stored thing: whatever is written in one version is read back in it, and the other loses nothing.</summary>
public sealed class VersionedMessageTests
{
    private const int Rounds = 2000;

    private static readonly VersionedMessages Views = new();

    [Fact]
    public void What_v1beta1_wrote_is_what_v1beta1_reads() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomMessages(seed);
            var occurrence = Occurrence(random);
            var note = Note(random);
            return Views.Occurrences.Read(Stored(Views.Occurrences.New(occurrence.Clone()))).Equals(occurrence)
                && Views.Notes.Read(Stored(Views.Notes.New(note.Clone()))).Equals(note);
        },
        iter: PropertyRuns.Of(Rounds));

    [Fact]
    public void What_v1beta1_can_say_of_a_v1_message_survives_the_way_there_and_back() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomMessages(seed);
            var occurrence = MessageConversion.ToV1Beta1<BetaOccurrence>(random.Next<V1Occurrence>());
            var note = MessageConversion.ToV1Beta1<BetaNote>(random.Next<V1Note>());
            Assert.Equal(occurrence, MessageConversion.ToV1Beta1<BetaOccurrence>(MessageConversion.ToV1<V1Occurrence>(occurrence)));
            Assert.Equal(note, MessageConversion.ToV1Beta1<BetaNote>(MessageConversion.ToV1<V1Note>(note)));
        },
        iter: PropertyRuns.Of(Rounds));

    [Fact]
    public void A_fix_of_which_v1beta1_can_say_nothing_is_no_fix_in_v1beta1_either_way()
    {
        var v1 = new V1Occurrence { Vulnerability = new() };
        v1.Vulnerability.PackageIssue.Add(new Grafeas.V1.VulnerabilityOccurrence.Types.PackageIssue
        {
            FixedVersion = new() { Kind = Grafeas.V1.Version.Types.VersionKind.Maximum, FullName = "only v1 has this" },
        });
        var beta = MessageConversion.ToV1Beta1<BetaOccurrence>(v1);
        Assert.Null(beta.Vulnerability.PackageIssue[0].FixedLocation);
        Assert.Equal(beta, MessageConversion.ToV1Beta1<BetaOccurrence>(MessageConversion.ToV1<V1Occurrence>(beta)));
    }

    [Fact]
    public void A_field_changed_by_v1beta1_leaves_every_other_field_of_a_v1_message_alone() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomMessages(seed);
            var written = random.Next<V1Occurrence>();
            var before = new StoredMessage(written.ToByteArray());
            var body = Views.Occurrences.Read(before);
            body.Remediation = "patch";
            var after = Views.Occurrences.ChangedByV1Beta1(before, body).V1;
            written.Remediation = "patch";
            return after.Equals(written);
        },
        iter: PropertyRuns.Of(Rounds));

    [Fact]
    public void A_field_changed_by_v1_leaves_every_other_field_of_a_v1beta1_message_alone() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomMessages(seed);
            var occurrence = Occurrence(random);
            var note = Note(random);
            var storedOccurrence = Stored(Views.Occurrences.New(occurrence.Clone()));
            var storedNote = Stored(Views.Notes.New(note.Clone()));
            var seen = V1Occurrence.Parser.ParseFrom(storedOccurrence.Content);
            var seenNote = V1Note.Parser.ParseFrom(storedNote.Content);
            seen.Remediation = occurrence.Remediation = "patch";
            seenNote.LongDescription = note.LongDescription = "longer";
            return Views.Occurrences.Read(Stored(Views.Occurrences.ChangedByV1(storedOccurrence, seen))).Equals(occurrence)
                && Views.Notes.Read(Stored(Views.Notes.ChangedByV1(storedNote, seenNote))).Equals(note);
        },
        iter: PropertyRuns.Of(Rounds));

    [Fact]
    public void An_update_is_read_back_as_it_was_written_and_v1_sees_all_of_it_that_v1_can_say() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomMessages(seed);
            var first = Occurrence(random);
            var second = Occurrence(random);
            var draft = Views.Occurrences.ChangedByV1Beta1(Stored(Views.Occurrences.New(first)), second.Clone());
            Assert.Equal(second, Views.Occurrences.Read(Stored(draft)));
            Assert.Equal(
                MessageConversion.ToV1Beta1<BetaOccurrence>(MessageConversion.ToV1<V1Occurrence>(second)), MessageConversion.ToV1Beta1<BetaOccurrence>(draft.V1));

            var note = Note(random);
            var changed = Views.Notes.ChangedByV1Beta1(Stored(Views.Notes.New(Note(random))), note.Clone());
            Assert.Equal(note, Views.Notes.Read(Stored(changed)));
            Assert.Equal(MessageConversion.ToV1Beta1<BetaNote>(MessageConversion.ToV1<V1Note>(note)), MessageConversion.ToV1Beta1<BetaNote>(changed.V1));
        },
        iter: PropertyRuns.Of(Rounds));

    [Fact]
    public void An_update_that_changes_nothing_changes_nothing() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomMessages(seed);
            var beta = Stored(Views.Occurrences.New(Occurrence(random)));
            var v1 = new StoredMessage(random.Next<V1Occurrence>().ToByteArray());
            var byV1 = Views.Occurrences.ChangedByV1(beta, V1Occurrence.Parser.ParseFrom(beta.Content));
            var byBeta = Views.Occurrences.ChangedByV1Beta1(v1, Views.Occurrences.Read(v1));
            Assert.Equal(beta.Original, byV1.Original);
            Assert.Equal(beta.Content, byV1.Content);
            Assert.Null(byBeta.Original);
            Assert.Equal(V1Occurrence.Parser.ParseFrom(v1.Content), byBeta.V1);
        },
        iter: PropertyRuns.Of(Rounds));

    private static StoredMessage Stored<T>(StoredForm<T> draft) => new(draft.Content, draft.Original);

    private static BetaOccurrence Occurrence(RandomMessages random)
    {
        var occurrence = random.Next<BetaOccurrence>();
        occurrence.Kind = V1Beta1Kinds.Of(occurrence);
        return occurrence;
    }

    private static BetaNote Note(RandomMessages random)
    {
        var note = random.Next<BetaNote>();
        note.Kind = V1Beta1Kinds.Of(note);
        return note;
    }
}
