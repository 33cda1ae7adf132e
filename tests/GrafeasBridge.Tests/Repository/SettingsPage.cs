using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GrafeasBridge.Tests.Repository;

/// <summary>Renders the page of all settings from the options classes: name, default, range, and the first words of their doc.</summary>
internal static partial class SettingsPage
{
    private static readonly (string Section, Type[] Types, string About)[] Sections =
    [
        ("Listen", [typeof(GrafeasBridge.Hosting.ListenOptions), typeof(GrafeasBridge.Api.Pipeline.ServingOptions)], "Where and how calls are served."),
        ("Access", [typeof(GrafeasBridge.Access.AccessOptions)], "Who may call."),
        ("Ingest", [typeof(GrafeasBridge.Api.ApiOptions), typeof(GrafeasBridge.Ingest.IngestOptions)], "What comes in."),
        ("Archivista", [typeof(GrafeasBridge.Ingest.Archivista.ArchivistaOptions)], "Uploads in the [Archivista dialect](Ingest/Archivista/README.md)."),
        ("Store", [typeof(GrafeasBridge.Store.StoreOptions)], "Where it is kept."),
        ("Receipts", [typeof(GrafeasBridge.Receipts.ReceiptsOptions)], "What senders get in hand: [Receipts](Receipts/README.md)."),
        ("Mapping", [typeof(GrafeasBridge.Mapping.MappingOptions)], "What becomes of it. Resolver rows and the table: [Mapping](Mapping/README.md)."),
        ("Delivery", [typeof(GrafeasBridge.Delivery.DeliveryOptions)], "How versions are brought to their targets."),
        ("Drift", [typeof(GrafeasBridge.Delivery.Drift.DriftOptions)], "Whether targets still carry what was verified: [Drift](Delivery/README.md#drift)."),
        ("Targets:N", [typeof(GrafeasBridge.Delivery.TargetOptions)], "The targets, numbered from 0. None: the embedded emulator. Every kind of target has these settings."),
        ("Targets:N", [typeof(GrafeasBridge.Delivery.Bintray.BintrayOptions)], "Further settings of a target whose `Kind` is `Bintray`, which it is when none is named."),
        ("Retention", [typeof(GrafeasBridge.Retention.RetentionOptions)], "How long history is kept: [Retention](Retention/README.md)."),
        ("Emulator", [typeof(BintrayEmulator.EmulatorOptions)], "The embedded emulator; the same when it runs alone."),
        ("Rest", [typeof(GrafeasBridge.Documentation.DocumentationOptions)], "What REST shows of itself."),
        ("Health", [typeof(GrafeasBridge.Telemetry.HealthOptions)], "When the bridge calls itself [degraded](Telemetry/README.md#health)."),
        ("Telemetry", [typeof(GrafeasBridge.Telemetry.TelemetryOptions)], "What leaves the process."),
    ];

    public static string Render()
    {
        var page = new StringBuilder();
        page.AppendLine("# Settings").AppendLine();
        page.AppendLine("Ordinary .NET configuration: `appsettings.json`, environment variables with `__` for `:`, `--Key=value` on the command");
        page.AppendLine("line, later ones winning. This page is made from the code; a test compares them.");
        foreach ((var section, var types, var about) in Sections)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {section}{(IsKind(types[0]) ? $", {Name(types[0])}" : "")}").AppendLine().AppendLine(about).AppendLine();
            page.AppendLine("| key | default | range | what |").AppendLine("|---|---|---|---|");
            foreach (var type in types)
                AppendRows(page, section, type);
        }

        return page.ToString();
    }

    private static void AppendRows(StringBuilder page, string section, Type type)
    {
        var docs = Docs(type);
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in Settable(type))
        {
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| `{section}:{property.Name}` | {Default(property.GetValue(defaults))} | {Range(property)} | {docs[property.Name]} |");
        }
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance | (IsKind(type) ? BindingFlags.DeclaredOnly : BindingFlags.Default))
        .Where(p => p.SetMethod?.IsPublic == true || typeof(IEnumerable).IsAssignableFrom(p.PropertyType) && p.PropertyType != typeof(string) && p.Name != "Open");

    // A kind of target adds settings to those that every target has.
    private static bool IsKind(Type type) => type.BaseType == typeof(GrafeasBridge.Delivery.TargetOptions);

    private static string Name(Type kind) => kind.Name.Replace("Options", "", StringComparison.Ordinal);

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        bool b => b ? "`true`" : "`false`",
        string s => $"`{s}`",
        ICollection => "",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string Range(PropertyInfo property)
    {
        if (property.PropertyType.IsEnum)
            return string.Join(", ", Enum.GetNames(property.PropertyType).Select(n => $"`{n}`"));
        if (property.GetCustomAttribute<SettingRangeAttribute>() is { } range)
            return string.Create(CultureInfo.InvariantCulture, $"{range.Min} … {range.Max}");
        // The emulator, which also runs alone, knows only what .NET has.
        return property.GetCustomAttribute<RangeAttribute>(inherit: true) is { } plain ? $"{plain.Minimum} … {plain.Maximum}" : "";
    }

    // Summaries as the compiler wrote them beside the assembly.
    private static Dictionary<string, string> Docs(Type type)
    {
        var prefix = $"P:{type.FullName}.";
        var xml = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
        return xml.Descendants("member")
            .Where(m => ((string?)m.Attribute("name"))!.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(m => ((string)m.Attribute("name")!)[prefix.Length..], m => Plain(m.Element("summary")), StringComparer.Ordinal);
    }

    private static string Plain(XElement? summary)
    {
        if (summary is null)
            return "";
        var text = new StringBuilder();
        foreach (var node in summary.DescendantNodes())
        {
            if (node is XElement { Name.LocalName: "see" or "paramref" } reference)
                text.Append(CultureInfo.InvariantCulture, $"`{((string?)reference.Attribute("cref"))?.Split('.')[^1] ?? (string?)reference.Attribute("name")}`");
            else if (node is XText words)
                text.Append(words.Parent?.Name.LocalName == "c" ? $"`{words.Value}`" : words.Value);
        }

        return WhiteSpace().Replace(text.ToString(), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}
