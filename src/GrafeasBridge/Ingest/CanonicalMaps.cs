using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest;

/// <summary>
/// Puts the entries of every map in a message in the order of their keys. Maps have no order on the wire and some senders
/// shuffle them on each try; a content hash must not see that.
/// </summary>
internal static class CanonicalMaps
{
    private static readonly FieldPlan Plan = new(field => field.IsMap);

    public static void Sort(IMessage message)
    {
        foreach (var field in Plan.Of(message.Descriptor))
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
                SortMap(field, (IDictionary)value!);
            else if (field.IsRepeated)
                SortEach((IList)value!);
            else if (value is IMessage child)
                Sort(child);
        }
    }

    private static void SortEach(IList children)
    {
        for (var i = 0; i < children.Count; i++)
            Sort((IMessage)children[i]!);
    }

    private static void SortMap(FieldDescriptor field, IDictionary map)
    {
        if (map.Count == 0)
            return;
        if (field.MessageType.FindFieldByNumber(2).FieldType == FieldType.Message)
        {
            foreach (var value in map.Values)
                Sort((IMessage)value);
        }

        if (map.Count < 2)
            return;
        var entries = new (string Key, object Value)[map.Count];
        var next = 0;
        foreach (DictionaryEntry entry in map)
            entries[next++] = ((string)entry.Key, entry.Value!);
        Array.Sort(entries, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        map.Clear();
        foreach ((var key, var value) in entries)
            map.Add(key, value);
    }
}
