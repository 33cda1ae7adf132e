using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.V1Beta1;

/// <summary>
/// Brings a change that was made in the other version into a message. Of each field there are three values: what is stored,
/// what the other version had seen of it (base), and what it says now (ours). Where it says what it had seen, the stored value
/// stays, and with it whatever the other version cannot say; where it says something else, that is what is stored.
/// </summary>
internal static class MessageMerge
{
    /// <param name="stored">Becomes the merged message.</param>
    /// <param name="seen">What the other version could say of <paramref name="stored"/>, back in this version.</param>
    /// <param name="now">What the other version says now, in this version.</param>
    public static void Into(IMessage stored, IMessage seen, IMessage now)
    {
        // Clearing comes first: of a oneof, the old member goes before the new one comes.
        foreach (var field in stored.Descriptor.Fields.InFieldNumberOrder())
        {
            if (!field.IsRepeated && MessageFields.IsSet(field, seen) && !MessageFields.IsSet(field, now) && MessageFields.IsSet(field, stored))
            {
                field.Accessor.Clear(stored);
            }
        }

        foreach (var field in stored.Descriptor.Fields.InFieldNumberOrder())
            Field(field, stored, seen, now);
    }

    private static void Field(FieldDescriptor field, IMessage stored, IMessage seen, IMessage now)
    {
        var before = field.Accessor.GetValue(seen);
        var after = field.Accessor.GetValue(now);
        if (field.IsMap)
            Map(field, (IDictionary)field.Accessor.GetValue(stored), (IDictionary)before, (IDictionary)after);
        else if (field.IsRepeated)
            List((IList)field.Accessor.GetValue(stored), (IList)before, (IList)after);
        else if (MessageFields.IsSet(field, now) && !(MessageFields.IsSet(field, seen) && Equals(before, after)))
            Single(field, stored, before, after);
    }

    private static void Single(FieldDescriptor field, IMessage stored, object before, object after)
    {
        if (IsPlainMessage(field) && field.Accessor.GetValue(stored) is IMessage kept)
        {
            Into(kept, before as IMessage ?? MessageFields.Empty(field.MessageType), (IMessage)after);
        }
        else
        {
            field.Accessor.SetValue(stored, after);
        }
    }

    private static void Map(FieldDescriptor field, IDictionary stored, IDictionary seen, IDictionary now)
    {
        foreach (var key in seen.Keys)
        {
            if (!now.Contains(key))
                stored.Remove(key);
        }

        var value = field.MessageType.FindFieldByNumber(2);
        foreach (DictionaryEntry entry in now)
        {
            var before = seen.Contains(entry.Key) ? seen[entry.Key] : null;
            if (Equals(before, entry.Value) && stored.Contains(entry.Key))
                continue;
            if (IsPlainMessage(value) && before is not null && stored.Contains(entry.Key))
            {
                Into((IMessage)stored[entry.Key]!, (IMessage)before, (IMessage)entry.Value!);
            }
            else
            {
                stored[entry.Key] = entry.Value;
            }
        }
    }

    // An element that is still there keeps what the other version cannot say, wherever it stands now. One that is new takes the
    // place of the one that was there, if that is gone and the list is as long as before: then it was changed, else replaced.
    private static void List(IList stored, IList seen, IList now)
    {
        if (seen.Cast<object>().SequenceEqual(now.Cast<object>()))
            return;
        object[] kept = stored.Count == seen.Count ? [.. stored.Cast<object>()] : [];
        var places = new Dictionary<object, Queue<int>>();
        for (var i = 0; i < kept.Length; i++)
        {
            if (!places.TryGetValue(seen[i]!, out var queue))
                places.Add(seen[i]!, queue = new Queue<int>());
            queue.Enqueue(i);
        }

        var merged = new object?[now.Count];
        for (var i = 0; i < now.Count; i++)
        {
            if (places.TryGetValue(now[i]!, out var queue) && queue.TryDequeue(out var place))
                merged[i] = kept[place];
        }

        HashSet<int> free = [.. places.Values.SelectMany(queue => queue)];
        for (var i = 0; i < now.Count; i++)
            merged[i] ??= Changed(i, free.Contains(i) && now.Count == kept.Length, kept, seen, now);
        stored.Clear();
        foreach (var item in merged)
            stored.Add(item);
    }

    private static object Changed(int index, bool inPlace, object[] kept, IList seen, IList now)
    {
        if (!inPlace || kept[index] is not IMessage message || IsWhole(message.Descriptor))
            return now[index]!;
        Into(message, (IMessage)seen[index]!, (IMessage)now[index]!);
        return message;
    }

    private static bool IsPlainMessage(FieldDescriptor field) => field.FieldType == FieldType.Message && !IsWhole(field.MessageType);

    // Times, Struct, Any, Status are the very same in both versions. A version's full_name, which only v1 has, follows from its
    // other fields and would tell of a version that is gone.
    private static bool IsWhole(MessageDescriptor type) =>
        type.File.Package.StartsWith("google.", StringComparison.Ordinal) || type == Grafeas.V1.Version.Descriptor;
}
