using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Ingest;

/// <summary>The fields that only the server writes: name, kind, create_time, update_time. What a client puts there is ignored.</summary>
internal static class ServerFields
{
    /// <param name="field">Of a note or an occurrence, of any version.</param>
    public static bool Owns(FieldDescriptor field) => field.Name is "name" or "kind" or "create_time" or "update_time";

    public static void Clear(Occurrence occurrence)
    {
        occurrence.Name = string.Empty;
        occurrence.Kind = NoteKind.Unspecified;
        occurrence.CreateTime = null;
        occurrence.UpdateTime = null;
    }

    public static void Clear(Note note)
    {
        note.Name = string.Empty;
        note.Kind = NoteKind.Unspecified;
        note.CreateTime = null;
        note.UpdateTime = null;
    }

    public static void Set(Occurrence occurrence, string name, Timestamp now)
    {
        occurrence.Name = name;
        occurrence.Kind = OccurrenceKinds.Of(occurrence);
        occurrence.CreateTime = now;
        occurrence.UpdateTime = now;
    }

    public static void Set(Note note, string name, Timestamp now)
    {
        note.Name = name;
        note.Kind = KindOf(note);
        note.CreateTime = now;
        note.UpdateTime = now;
    }

    /// <summary>The time of a change: now, yet always after the one before, also when the clock was set back.</summary>
    public static Timestamp Later(Timestamp? before, DateTimeOffset now)
    {
        var later = Timestamp.FromDateTimeOffset(now);
        return before is null || before.CompareTo(later) < 0 ? later : before + Tick;
    }

    /// <summary>
    /// The stored form: what the client wrote, with the server's fields in their places by number. Equal to writing the whole message,
    /// as receipts and every other reader would, without writing again what was written for the content hash.
    /// </summary>
    public static byte[] Insert(byte[] content, Occurrence occurrence)
    {
        var kind = After(content, After(content, 0, Occurrence.ResourceUriFieldNumber), Occurrence.NoteNameFieldNumber);
        var times = After(content, kind, Occurrence.RemediationFieldNumber);
        var first = new Occurrence { Name = occurrence.Name }.ToByteArray();
        var second = new Occurrence { Kind = occurrence.Kind }.ToByteArray();
        var third = new Occurrence { CreateTime = occurrence.CreateTime, UpdateTime = occurrence.UpdateTime }.ToByteArray();
        return [.. first, .. content.AsSpan(0, kind), .. second, .. content.AsSpan(kind, times - kind), .. third, .. content.AsSpan(times)];
    }

    /// <returns>Where the text field ends, if it begins at <paramref name="start"/>; else the start.</returns>
    private static int After(byte[] content, int start, int field)
    {
        if (start == content.Length || content[start] != WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            return start;
        var length = 0;
        var at = start + 1;
        for (var shift = 0; ; shift += 7)
        {
            var part = content[at++];
            length |= (part & 0x7f) << shift;
            if (part < 0x80)
                return at + length;
        }
    }

    public static NoteKind KindOf(Note note) => note.TypeCase switch
    {
        Note.TypeOneofCase.None => NoteKind.Unspecified,
        Note.TypeOneofCase.Vulnerability => NoteKind.Vulnerability,
        Note.TypeOneofCase.Build => NoteKind.Build,
        Note.TypeOneofCase.Image => NoteKind.Image,
        Note.TypeOneofCase.Package => NoteKind.Package,
        Note.TypeOneofCase.Deployment => NoteKind.Deployment,
        Note.TypeOneofCase.Discovery => NoteKind.Discovery,
        Note.TypeOneofCase.Attestation => NoteKind.Attestation,
        Note.TypeOneofCase.Upgrade => NoteKind.Upgrade,
        Note.TypeOneofCase.Compliance => NoteKind.Compliance,
        Note.TypeOneofCase.DsseAttestation => NoteKind.DsseAttestation,
        Note.TypeOneofCase.VulnerabilityAssessment => NoteKind.VulnerabilityAssessment,
        Note.TypeOneofCase.SbomReference => NoteKind.SbomReference,
        Note.TypeOneofCase.Secret => NoteKind.Secret,
        Note.TypeOneofCase.AiSkillAnalysis => NoteKind.AiSkillAnalysis,
        _ => throw new ArgumentOutOfRangeException(nameof(note), note.TypeCase, "no such kind"),
    };

    private static readonly Duration Tick = new() { Nanos = 1000 };
}
