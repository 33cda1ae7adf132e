using System.Buffers.Text;
using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// How REST shows an Any of a type that the bridge does not know, such as the google.devtools.cloudbuild.v1.Build in every SLSA
/// 0.1 statement of Google Cloud Build: as an Any of google.protobuf.Struct that holds <c>@type</c> and the base64
/// <c>value</c>. That is proper protobuf JSON which every client can read, nothing is lost, and sent back it becomes what it was.
/// </summary>
internal static class OpaqueAny
{
    private const string TypeKey = "@type";
    private const string ValueKey = "value";

    private static readonly FieldPlan Plan = new(field => field.FieldType == FieldType.Message && field.MessageType == Any.Descriptor);

    /// <summary>Before a message is written as JSON: replaces what JSON could not say.</summary>
    public static void Wrap(IMessage message) => Walk(message, WrapOne);

    /// <summary>After a message was read from JSON: restores what <see cref="Wrap"/> had replaced.</summary>
    public static void Unwrap(IMessage message) => Walk(message, UnwrapOne);

    /// <summary>True for what transcoding can write: a known type whose bytes are one, with no further Any inside.</summary>
    private static bool IsPlain(Any any)
    {
        if (AnyTypes.Find(any.TypeUrl) is not { } type)
            return false;
        try
        {
            var message = type.Parser.ParseFrom(any.Value);
            var nested = false;
            Walk(message, _ => nested = true);
            Checker check = default;
            if (message is Timestamp time)
            {
                // A time of its own has no field to be found by.
                WellFormed.Check(ref check, new Grafeas.V1.Note { CreateTime = time });
            }
            else
            {
                WellFormed.Check(ref check, message);
            }

            return !nested && !check.Any && message is not (Value { KindCase: Value.KindOneofCase.None } or FieldMask or Duration);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static void WrapOne(Any any)
    {
        if (IsPlain(any))
            return;
        var shown = new Struct();
        shown.Fields[TypeKey] = Value.ForString(any.TypeUrl);
        shown.Fields[ValueKey] = Value.ForString(any.Value.ToBase64());
        var wrapped = Any.Pack(shown);
        any.TypeUrl = wrapped.TypeUrl;
        any.Value = wrapped.Value;
    }

    private static void UnwrapOne(Any any)
    {
        if (!any.TryUnpack(out Struct shown) || shown.Fields.Count != 2)
            return;
        if (!shown.Fields.TryGetValue(TypeKey, out var type) || type.KindCase != Value.KindOneofCase.StringValue)
            return;
        if (!shown.Fields.TryGetValue(ValueKey, out var value) || value.KindCase != Value.KindOneofCase.StringValue)
            return;
        if (!Base64.IsValid(value.StringValue))
            return;
        any.TypeUrl = type.StringValue;
        any.Value = ByteString.FromBase64(value.StringValue);
    }

    private static void Walk(IMessage message, Action<Any> visit)
    {
        foreach (var field in Plan.Of(message.Descriptor))
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
                WalkEach(((IDictionary)value!).Values, visit);
            else if (field.IsRepeated)
                WalkEach((IList)value!, visit);
            else if (value is IMessage child)
                WalkOne(child, visit);
        }
    }

    private static void WalkEach(ICollection children, Action<Any> visit)
    {
        foreach (var child in children)
        {
            if (child is not IMessage below)
                return;
            WalkOne(below, visit);
        }
    }

    private static void WalkOne(IMessage child, Action<Any> visit)
    {
        if (child is Any any)
            visit(any);
        else
            Walk(child, visit);
    }
}
