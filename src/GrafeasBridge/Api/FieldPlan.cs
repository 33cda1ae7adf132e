using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.Api;

/// <summary>
/// Which fields of a message lead to something that is looked for, so that a walk visits those only. Worked out once for each
/// message type; there are as many as the protos have.
/// </summary>
/// <param name="wanted">True for a field that is itself looked for.</param>
internal sealed class FieldPlan(Func<FieldDescriptor, bool> wanted)
{
    private readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> plans = new();

    /// <summary>Fields that are looked for, and fields in whose messages there may be some.</summary>
    public FieldDescriptor[] Of(MessageDescriptor type) =>
        // Asked first, since GetOrAdd would make a delegate on every call.
        plans.TryGetValue(type, out var plan) ? plan : plans.GetOrAdd(type, PlanOf);

    private FieldDescriptor[] PlanOf(MessageDescriptor type) =>
        [.. type.Fields.InFieldNumberOrder().Where(field => wanted(field) || (Below(field) is { } below && Leads(below, [])))];

    private bool Leads(MessageDescriptor type, HashSet<MessageDescriptor> seen) =>
        seen.Add(type) && type.Fields.InFieldNumberOrder().Any(f => wanted(f) || (Below(f) is { } below && Leads(below, seen)));

    /// <summary>The message type of a field, of its elements, or of the values of a map; null for scalars.</summary>
    private static MessageDescriptor? Below(FieldDescriptor field)
    {
        if (field.FieldType != FieldType.Message)
            return null;
        if (!field.IsMap)
            return field.MessageType;
        var value = field.MessageType.FindFieldByNumber(2);
        return value.FieldType == FieldType.Message ? value.MessageType : null;
    }
}
