using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace GrafeasBridge.Delivery;

/// <summary>A value that must not be seen. It prints as ***; only <see cref="Reveal"/> gives it away, where it is used.</summary>
[TypeConverter(typeof(SecretConverter))]
[DebuggerDisplay("***")]
internal sealed class Secret(string value)
{
    public string Reveal() => value;

    public override string ToString() => "***";
}

/// <summary>Lets configuration bind a text to a <see cref="Secret"/>.</summary>
internal sealed class SecretConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? new Secret(text) : base.ConvertFrom(context, culture, value);
}
