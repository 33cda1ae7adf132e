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
    public static T Apply<T, TV1>(IMessageAdapter<T, TV1> adapter, StoredMessage stored, T body, UpdateMask mask, TimeProvider clock)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        var before = adapter.Read(stored);
        var after = before.Clone();
        mask.Apply(body, after);
        Problem[] changed =
        [
            .. adapter.Fixed(before).Zip(adapter.Fixed(after))
                .Where(pair => pair.First.Value != pair.Second.Value)
                .Select(pair => new Problem($"{adapter.Field}.{pair.First.Field}", $"cannot change; it is '{QuotedText.Shorten(pair.First.Value)}'")),
        ];
        if (changed.Length > 0)
            throw Errors.Invalid(changed, 0);
        if (adapter.KindOf(after) != adapter.KindOf(before))
        {
            throw Errors.Invalid($"{adapter.Field}.{adapter.KindField}", $"cannot change its kind, which is {adapter.KindOf(before)}");
        }

        adapter.Touch(after, clock.GetUtcNow());
        Refuse(Problems(adapter, before), Problems(adapter, after));
        return after;
    }

    private static IReadOnlyList<Problem> Problems<T, TV1>(IMessageAdapter<T, TV1> adapter, T message)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        Checker check = default;
        check.Enter(adapter.Field);
        adapter.Check(ref check, message);
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
