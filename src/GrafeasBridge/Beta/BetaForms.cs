using Google.Protobuf.WellKnownTypes;
using Grafeas.V1Beta1;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using GrafeasBridge.Ingest;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Store;
using V1Note = Grafeas.V1.Note;
using V1Occurrence = Grafeas.V1.Occurrence;

namespace GrafeasBridge.Beta;

/// <summary>Notes of grafeas.v1beta1.</summary>
internal sealed class BetaNoteForm(BetaOriginals originals) : INoteForm<Note>
{
    public string Version => "v1beta1.";

    public string Field => "note";

    public string KindField => "type";

    public FilterSubject Subject => BetaSubjects.Notes;

    public Note Read(StoredMessage stored) => originals.Notes.Read(stored);

    public void Clear(Note message)
    {
        message.Name = string.Empty;
        message.Kind = NoteKind.Unspecified;
        message.CreateTime = null;
        message.UpdateTime = null;
    }

    public void Set(Note message, string name, Timestamp now)
    {
        message.Name = name;
        message.Kind = Kinds.Of(message);
        message.CreateTime = now;
        message.UpdateTime = now;
    }

    public void Touch(Note message, DateTimeOffset now) => message.UpdateTime = ServerFields.Later(message.UpdateTime, now);

    public void Check(ref Checker check, Note message) => BetaNoteValidator.Check(ref check, message);

    public string KindOf(Note message) => Kinds.Name(Kinds.Of(message));

    public IEnumerable<(string Field, string Value)> Fixed(Note message) => [];

    public Draft<V1Note> New(Note note) => originals.Notes.New(note);

    public Draft<V1Note> Changed(StoredMessage before, Note after) => originals.Notes.ChangedBeta(before, after);
}

/// <summary>Occurrences of grafeas.v1beta1.</summary>
internal sealed class BetaOccurrenceForm(BetaOriginals originals) : IOccurrenceForm<Occurrence>
{
    public string Version => "v1beta1.";

    public string Field => "occurrence";

    public string KindField => "details";

    public string ResourceField => "resource.uri";

    public FilterSubject Subject => BetaSubjects.Occurrences;

    public string NoteName(Occurrence occurrence) => occurrence.NoteName;

    public Occurrence Read(StoredMessage stored) => originals.Occurrences.Read(stored);

    public void Clear(Occurrence message)
    {
        message.Name = string.Empty;
        message.Kind = NoteKind.Unspecified;
        message.CreateTime = null;
        message.UpdateTime = null;
    }

    public void Set(Occurrence message, string name, Timestamp now)
    {
        message.Name = name;
        message.Kind = Kinds.Of(message);
        message.CreateTime = now;
        message.UpdateTime = now;
    }

    public void Touch(Occurrence message, DateTimeOffset now) => message.UpdateTime = ServerFields.Later(message.UpdateTime, now);

    public void Check(ref Checker check, Occurrence message) => BetaOccurrenceValidator.Check(ref check, message);

    public string KindOf(Occurrence message) => Kinds.Name(Kinds.Of(message));

    public IEnumerable<(string Field, string Value)> Fixed(Occurrence message) =>
        [("resource.uri", message.Resource?.Uri ?? string.Empty), ("note_name", message.NoteName)];

    public Draft<V1Occurrence> New(Occurrence occurrence, byte[] written) => originals.Occurrences.New(occurrence);

    public Draft<V1Occurrence> Changed(StoredMessage before, Occurrence after) => originals.Occurrences.ChangedBeta(before, after);
}

/// <summary>The two views of what is stored, for both ways of changing it.</summary>
internal sealed class BetaOriginals : IOriginals
{
    public Lens<Note, V1Note> Notes { get; } = new(Note.Parser, V1Note.Parser, (v1, beta) => Kinds.Stored(v1.Kind, beta.Kind));

    public Lens<Occurrence, V1Occurrence> Occurrences { get; } =
        new(Occurrence.Parser, V1Occurrence.Parser, (v1, beta) => Kinds.Stored(v1.Kind, beta.Kind));

    public Draft<V1Note> Follow(StoredMessage before, V1Note after) => Notes.ChangedV1(before, after);

    public Draft<V1Occurrence> Follow(StoredMessage before, V1Occurrence after) => Occurrences.ChangedV1(before, after);
}
