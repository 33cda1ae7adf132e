using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using GrafeasBridge.Ingest.Validation;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest.Adapters;

/// <summary>Notes of grafeas.v1, which are stored as they are.</summary>
internal sealed class V1NoteAdapter(IVersionedMessages versions) : INoteAdapter<Note>
{
    public string Version => string.Empty;

    public string Field => "note";

    public string KindField => "type";

    public FilterSubject Subject => FilterSubject.Notes;

    public Note Read(StoredMessage stored) => Note.Parser.ParseFrom(stored.Content);

    public void Clear(Note message) => ServerFields.Clear(message);

    public void Set(Note message, string name, Timestamp now) => ServerFields.Set(message, name, now);

    public void Touch(Note message, DateTimeOffset now) => message.UpdateTime = ServerFields.Later(message.UpdateTime, now);

    public void Check(ref Checker check, Note message) => NoteValidator.Check(ref check, message);

    public string KindOf(Note message) => KindNames.Of(ServerFields.KindOf(message));

    public IEnumerable<(string Field, string Value)> Fixed(Note message) => [];

    public StoredForm<Note> New(Note note) => new(note, note.ToByteArray(), null, (int)note.Kind);

    public StoredForm<Note> Changed(StoredMessage before, Note after) => before.Original is null
        ? new StoredForm<Note>(after, after.ToByteArray(), null, (int)after.Kind)
        : versions.ApplyV1Change(before, after);
}

/// <summary>Occurrences of grafeas.v1, which are stored as they are.</summary>
internal sealed class V1OccurrenceAdapter(IVersionedMessages versions, IOptions<IngestOptions> settings) : IOccurrenceAdapter<Occurrence>
{
    private readonly IngestOptions options = settings.Value;

    public string Version => string.Empty;

    public string Field => "occurrence";

    public string KindField => "details";

    public string ResourceField => "resource_uri";

    public FilterSubject Subject => FilterSubject.Occurrences;

    public string NoteName(Occurrence occurrence) => occurrence.NoteName;

    public Occurrence Read(StoredMessage stored) => Occurrence.Parser.ParseFrom(stored.Content);

    public void Clear(Occurrence message) => ServerFields.Clear(message);

    public void Set(Occurrence message, string name, Timestamp now) => ServerFields.Set(message, name, now);

    public void Touch(Occurrence message, DateTimeOffset now) => message.UpdateTime = ServerFields.Later(message.UpdateTime, now);

    public void Check(ref Checker check, Occurrence message) =>
        OccurrenceValidator.Check(ref check, message, options.AllowEmptySignatureKeyId);

    public string KindOf(Occurrence message) => KindNames.Of(OccurrenceKinds.Of(message));

    public IEnumerable<(string Field, string Value)> Fixed(Occurrence message) =>
        [("resource_uri", message.ResourceUri), ("note_name", message.NoteName)];

    public StoredForm<Occurrence> New(Occurrence occurrence, byte[] written) =>
        new(occurrence, ServerFields.Insert(written, occurrence), null, (int)occurrence.Kind);

    public StoredForm<Occurrence> Changed(StoredMessage before, Occurrence after) => before.Original is null
        ? new StoredForm<Occurrence>(after, after.ToByteArray(), null, (int)after.Kind)
        : versions.ApplyV1Change(before, after);
}

/// <summary>Where no other version of the API is served, nobody reads what another version wrote: a change by grafeas.v1 replaces it.</summary>
internal sealed class V1OnlyMessages : IVersionedMessages
{
    public StoredForm<Note> ApplyV1Change(StoredMessage before, Note after) => new(after, after.ToByteArray(), null, (int)after.Kind);

    public StoredForm<Occurrence> ApplyV1Change(StoredMessage before, Occurrence after) => new(after, after.ToByteArray(), null, (int)after.Kind);
}

/// <summary>Kinds as the proto names them.</summary>
internal static class KindNames
{
    private static readonly EnumDescriptor Kinds = CommonReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(NoteKind));

    public static string Of(NoteKind kind) => Kinds.FindValueByNumber((int)kind).Name;
}
