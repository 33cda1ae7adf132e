using Grafeas.V1;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Ingest;

/// <summary>
/// What an update makes of a stored message. The resource, the note and the kind never change, and a valid message never
/// becomes an invalid one; problems that were stored earlier (under other settings) do not stand in the way.
/// </summary>
internal static class Updates
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT; the store then keeps what it has.</exception>
    public static Note Apply(byte[] stored, Note body, UpdateMask mask, TimeProvider clock)
    {
        Note before = Note.Parser.ParseFrom(stored);
        Note after = before.Clone();
        mask.Apply(body, after);
        if (ServerFields.KindOf(after) != before.Kind) throw KindChanged("note.type", before.Kind);

        after.UpdateTime = ServerFields.Later(before.UpdateTime, clock.GetUtcNow());
        Refuse(Problems(before), Problems(after));
        return after;
    }

    /// <inheritdoc cref="Apply(byte[],Note,UpdateMask,TimeProvider)"/>
    public static Occurrence Apply(byte[] stored, Occurrence body, UpdateMask mask, TimeProvider clock, bool allowEmptyKeyId)
    {
        Occurrence before = Occurrence.Parser.ParseFrom(stored);
        Occurrence after = before.Clone();
        mask.Apply(body, after);
        List<Problem> changed = [];
        if (after.ResourceUri != before.ResourceUri) changed.Add(Immutable("occurrence.resource_uri", before.ResourceUri));
        if (after.NoteName != before.NoteName) changed.Add(Immutable("occurrence.note_name", before.NoteName));
        if (changed.Count > 0) throw Errors.Invalid(changed, 0);
        if (OccurrenceKinds.Of(after) != before.Kind) throw KindChanged("occurrence.details", before.Kind);

        after.UpdateTime = ServerFields.Later(before.UpdateTime, clock.GetUtcNow());
        Refuse(Problems(before, allowEmptyKeyId), Problems(after, allowEmptyKeyId));
        return after;
    }

    private static IReadOnlyList<Problem> Problems(Note note)
    {
        Checker check = default;
        check.Enter("note");
        NoteValidator.Check(ref check, note);
        return check.Problems;
    }

    private static IReadOnlyList<Problem> Problems(Occurrence occurrence, bool allowEmptyKeyId)
    {
        Checker check = default;
        check.Enter("occurrence");
        OccurrenceValidator.Check(ref check, occurrence, allowEmptyKeyId);
        return check.Problems;
    }

    private static void Refuse(IReadOnlyList<Problem> before, IReadOnlyList<Problem> after)
    {
        if (after.Count == 0) return;
        List<Problem> made = [.. after.Except(before)];
        if (made.Count > 0) throw Errors.Invalid(made, 0);
    }

    private static Problem Immutable(string field, string stored) =>
        new(field, $"cannot change; it is '{Text.Short(stored)}'");

    private static Grpc.Core.RpcException KindChanged(string field, NoteKind kind) =>
        Errors.Invalid(field, $"cannot change its kind, which is {JsonName(kind)}");

    private static string JsonName(NoteKind kind) =>
        CommonReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>(nameof(NoteKind))
            ?.FindValueByNumber((int)kind)?.Name ?? kind.ToString();
}
