using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Repository;

/// <summary>Renders the page of all log events from the methods that log them.</summary>
internal static class EventsPage
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    internal sealed record LogEvent(int Id, string? Name, string Level, string Message, string Room, string Method);

    public static IReadOnlyList<LogEvent> All { get; } =
    [
        .. new[] { typeof(Program).Assembly, typeof(BintrayEmulator.EmulatorHost).Assembly }
            .SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetMethods(Any))
            .Select(method => (Method: method, Said: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Said is not null)
            .Select(found => Read(found.Method, found.Said!))
            .OrderBy(e => e.Id),
    ];

    public static string Render()
    {
        var page = new StringBuilder();
        page.AppendLine("# Log events").AppendLine();
        page.AppendLine("Ids and names stay as they are, so that an alert on logs may go by them. `varies`: the level says how bad this one is.");
        page.AppendLine("This page is made from the code; a test compares them.");
        page.AppendLine().AppendLine("| id | name | level | room | message |").AppendLine("|---|---|---|---|---|");
        foreach (var e in All)
        {
            page.AppendLine(
                CultureInfo.InvariantCulture, $"| {e.Id} | `{e.Name}` | {e.Level} | {e.Room} | {e.Message.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }

        return page.ToString();
    }

    private static LogEvent Read(MethodInfo method, LoggerMessageAttribute said)
    {
        var outer = method.DeclaringType!.DeclaringType ?? method.DeclaringType;
        var space = outer.Namespace!.Split('.');
        var room = space[0] == nameof(BintrayEmulator) ? "Emulator" : space.Length > 1 ? space[1] : outer.Name;
        var fixedLevel = method.GetParameters().All(p => p.ParameterType != typeof(LogLevel));
        return new LogEvent(said.EventId, said.EventName, fixedLevel ? said.Level.ToString() : "varies", said.Message, room, $"{outer.FullName}.{method.Name}");
    }
}
