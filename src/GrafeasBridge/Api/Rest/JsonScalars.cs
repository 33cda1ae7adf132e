using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Api.Rest;

/// <summary>Single values of protobuf JSON.</summary>
internal static class JsonScalars
{
    private static readonly MessageDescriptor[] Texts = [Timestamp.Descriptor, Duration.Descriptor, FieldMask.Descriptor];

    /// <summary>True for messages that JSON writes as a text.</summary>
    public static bool TakesText(MessageDescriptor type) => Array.IndexOf(Texts, type) >= 0;

    /// <summary>The value's field of a type such as google.protobuf.StringValue; null for other types.</summary>
    public static FieldDescriptor? Wrapped(MessageDescriptor type) =>
        type.File == StringValue.Descriptor.File ? type.FindFieldByNumber(1) : null;

    /// <summary>True for types whose JSON inside an Any stands in a member called value.</summary>
    public static bool IsValueInAny(MessageDescriptor type) => type.File.Package == "google.protobuf";

    public static string? TextProblem(JsonElement json, MessageDescriptor type)
    {
        if (json.ValueKind != JsonValueKind.String)
            return "must be a text";
        try
        {
            if (type == Timestamp.Descriptor)
                JsonParser.Default.Parse<Timestamp>(json.GetRawText());
            else if (type == Duration.Descriptor)
                JsonParser.Default.Parse<Duration>(json.GetRawText());
            else
                JsonParser.Default.Parse<FieldMask>(json.GetRawText());
            return null;
        }
        catch (InvalidProtocolBufferException)
        {
            return type == Timestamp.Descriptor ? "is no time such as 2024-03-01T10:00:00Z"
                : type == Duration.Descriptor ? "is no duration such as 1.5s"
                : "is no mask such as remediation,build.provenance";
        }
    }

    /// <summary>Writes a value, or says what is wrong with it.</summary>
    public static string? Problem(Utf8JsonWriter writer, JsonElement json, FieldDescriptor field)
    {
        switch (field.FieldType)
        {
            case FieldType.String:
                return Copy(writer, json, json.ValueKind == JsonValueKind.String, "must be a text");
            case FieldType.Bool:
                return Copy(writer, json, json.ValueKind is JsonValueKind.True or JsonValueKind.False, "must be true or false");
            case FieldType.Bytes:
                return Bytes(writer, json);
            case FieldType.Enum:
                return Enum(writer, json, field.EnumType);
            case FieldType.Float or FieldType.Double:
                return Real(writer, json, single: field.FieldType == FieldType.Float);
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                return Whole(writer, json, long.MinValue, long.MaxValue, wide: true);
            case FieldType.UInt64 or FieldType.Fixed64:
                return Whole(writer, json, 0, ulong.MaxValue, wide: true);
            case FieldType.UInt32 or FieldType.Fixed32:
                return Whole(writer, json, 0, uint.MaxValue, wide: false);
            default:
                return Whole(writer, json, int.MinValue, int.MaxValue, wide: false);
        }
    }

    // Standard or URL-safe, padded or not: all are protobuf JSON.
    private static string? Bytes(Utf8JsonWriter writer, JsonElement json)
    {
        const string Wrong = "must be bytes in base64";
        if (json.ValueKind != JsonValueKind.String)
            return Wrong;
        var text = json.GetString()!;
        if (Base64.IsValid(text))
        {
            json.WriteTo(writer);
            return null;
        }

        var urlSafe = text.Replace('+', '-').Replace('/', '_');
        if (!Base64Url.IsValid(urlSafe))
            return Wrong;
        writer.WriteBase64StringValue(Base64Url.DecodeFromChars(urlSafe));
        return null;
    }

    private static string? Enum(Utf8JsonWriter writer, JsonElement json, EnumDescriptor type)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number))
        {
            writer.WriteNumberValue(number);
            return null;
        }

        if (json.ValueKind != JsonValueKind.String)
            return $"must be a name of {type.FullName}";
        var name = json.GetString()!;
        if (type.FindValueByName(name) is not { } value)
            return $"is '{QuotedText.Shorten(name)}', which is no name of {type.FullName}";
        writer.WriteNumberValue(value.Number);
        return null;
    }

    // A number too large would silently become infinity. One that rounds to the largest there is stays: answers are written that short.
    private static string? Real(Utf8JsonWriter writer, JsonElement json, bool single)
    {
        var text = json.ValueKind switch
        {
            JsonValueKind.Number => json.GetRawText(),
            JsonValueKind.String => json.GetString(),
            _ => null,
        };
        if (json.ValueKind == JsonValueKind.String && text is "NaN" or "Infinity" or "-Infinity")
            return Copy(writer, json, fits: true, string.Empty);
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, Styles, CultureInfo.InvariantCulture, out var value) || double.IsNaN(value))
            return "must be a number";
        if (single)
            value = (float)value;
        var most = single ? float.MaxValue : double.MaxValue;
        if (double.IsInfinity(value))
            return string.Create(CultureInfo.InvariantCulture, $"is out of range; it must be from {-most} to {most}");
        writer.WriteNumberValue(value);
        return null;
    }

    private static string? Whole(Utf8JsonWriter writer, JsonElement json, decimal least, decimal most, bool wide)
    {
        var text = json.ValueKind switch
        {
            JsonValueKind.Number => json.GetRawText(),
            JsonValueKind.String => json.GetString(),
            _ => null,
        };
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var value) || value != decimal.Truncate(value))
        {
            return "must be a whole number";
        }

        if (value < least || value > most)
            return $"is out of range; it must be from {least} to {most}";
        var digits = decimal.Truncate(value).ToString("0", CultureInfo.InvariantCulture);
        if (wide)
            writer.WriteStringValue(digits);
        else
            writer.WriteRawValue(digits);
        return null;
    }

    private static string? Copy(Utf8JsonWriter writer, JsonElement json, bool fits, string problem)
    {
        if (!fits)
            return problem;
        json.WriteTo(writer);
        return null;
    }
}
