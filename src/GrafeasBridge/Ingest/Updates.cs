using Google.Protobuf;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Store;

namespace GrafeasBridge.Ingest;

/// <summary>
/// What an update makes of a stored message. The resource, the note and the kind never change, and a valid message never
/// becomes an invalid one; problems that were stored earlier (under other settings) do not stand in the way.
/// </summary>
internal static class Updates
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT; the store then keeps what it has.</exception>
    public static T Apply<T, TV1>(IForm<T, TV1> form, StoredMessage stored, T body, UpdateMask mask, TimeProvider clock)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var before = form.Read(stored);
        var after = before.Clone();
        mask.Apply(body, after);
        Problem[] changed =
        [
            .. form.Fixed(before).Zip(form.Fixed(after))
                .Where(pair => pair.First.Value != pair.Second.Value)
                .Select(pair => new Problem($"{form.Field}.{pair.First.Field}", $"cannot change; it is '{Text.Short(pair.First.Value)}'")),
        ];
        if (changed.Length > 0)
            throw Errors.Invalid(changed, 0);
        if (form.KindOf(after) != form.KindOf(before))
        {
            throw Errors.Invalid($"{form.Field}.{form.KindField}", $"cannot change its kind, which is {form.KindOf(before)}");
        }

        form.Touch(after, clock.GetUtcNow());
        Refuse(Problems(form, before), Problems(form, after));
        return after;
    }

    private static IReadOnlyList<Problem> Problems<T, TV1>(IForm<T, TV1> form, T message)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        Checker check = default;
        check.Enter(form.Field);
        form.Check(ref check, message);
        return check.Problems;
    }

    private static void Refuse(IReadOnlyList<Problem> before, IReadOnlyList<Problem> after)
    {
        if (after.Count == 0)
            return;
        List<Problem> made = [.. after.Except(before)];
        if (made.Count > 0)
            throw Errors.Invalid(made, 0);
    }
}
