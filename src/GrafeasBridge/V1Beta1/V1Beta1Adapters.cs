using Google.Protobuf.WellKnownTypes;
using Grafeas.V1Beta1;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using GrafeasBridge.Ingest;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Store;
using V1Note = Grafeas.V1.Note;
using V1Occurrence = Grafeas.V1.Occurrence;

namespace GrafeasBridge.V1Beta1;

/// <summary>Notes of grafeas.v1beta1.</summary>
internal sealed class V1Beta1NoteAdapter(VersionedMessages versions) : INoteAdapter<Note>
{
    public string Version => "v1beta1.";

    public string Field => "note";

    public string KindField => "type";

    public FilterSubject Subject => V1Beta1FilterSubjects.Notes;

    public Note Read(StoredMessage stored) => versions.Notes.Read(stored);

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
        message.Kind = V1Beta1Kinds.Of(message);
        message.CreateTime = now;
        message.UpdateTime = now;
    }

    public void Touch(Note message, DateTimeOffset now) => message.UpdateTime = ServerFields.Later(message.UpdateTime, now);

    public void Check(ref Checker check, Note message) => V1Beta1NoteValidator.Check(ref check, message);

    public string KindOf(Note message) => V1Beta1Kinds.Name(V1Beta1Kinds.Of(message));

    public IEnumerable<(string Field, string Value)> Fixed(Note message) => [];

    public StoredForm<V1Note> New(Note note) => versions.Notes.New(note);

    public StoredForm<V1Note> Changed(StoredMessage before, Note after) => versions.Notes.ChangedByV1Beta1(before, after);
}

/// <summary>Occurrences of grafeas.v1beta1.</summary>
internal sealed class V1Beta1OccurrenceAdapter(VersionedMessages versions) : IOccurrenceAdapter<Occurrence>
{
    public string Version => "v1beta1.";

    public string Field => "occurrence";

    public string KindField => "details";

    public string ResourceField => "resource.uri";

    public FilterSubject Subject => V1Beta1FilterSubjects.Occurrences;

    public string NoteName(Occurrence occurrence) => occurrence.NoteName;

    public Occurrence Read(StoredMessage stored) => versions.Occurrences.Read(stored);

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
        message.Kind = V1Beta1Kinds.Of(message);
        message.CreateTime = now;
        message.UpdateTime = now;
    }

    public void Touch(Occurrence message, DateTimeOffset now) => message.UpdateTime = ServerFields.Later(message.UpdateTime, now);

    public void Check(ref Checker check, Occurrence message) => V1Beta1OccurrenceValidator.Check(ref check, message);

    public string KindOf(Occurrence message) => V1Beta1Kinds.Name(V1Beta1Kinds.Of(message));

    public IEnumerable<(string Field, string Value)> Fixed(Occurrence message) =>
        [("resource.uri", message.Resource?.Uri ?? string.Empty), ("note_name", message.NoteName)];

    public StoredForm<V1Occurrence> New(Occurrence occurrence, byte[] written) => versions.Occurrences.New(occurrence);

    public StoredForm<V1Occurrence> Changed(StoredMessage before, Occurrence after) => versions.Occurrences.ChangedByV1Beta1(before, after);
}

/// <summary>The two views of what is stored, for both ways of changing it.</summary>
internal sealed class VersionedMessages : IVersionedMessages
{
    public VersionedMessage<Note, V1Note> Notes { get; } = new(Note.Parser, V1Note.Parser, (v1, beta) => V1Beta1Kinds.Stored(v1.Kind, beta.Kind));

    public VersionedMessage<Occurrence, V1Occurrence> Occurrences { get; } =
        new(Occurrence.Parser, V1Occurrence.Parser, (v1, beta) => V1Beta1Kinds.Stored(v1.Kind, beta.Kind));

    public StoredForm<V1Note> ApplyV1Change(StoredMessage before, V1Note after) => Notes.ChangedByV1(before, after);

    public StoredForm<V1Occurrence> ApplyV1Change(StoredMessage before, V1Occurrence after) => Occurrences.ChangedByV1(before, after);
}
