namespace GrafeasBridge.Lab.Host;

/// <summary>The names of all points at which the service can be made to die, in the order of an occurrence's journey.</summary>
internal static class CrashPoints
{
    public const string StopBegins = "stop.before";
    public const string StopEnds = "stop.after";

    public static IReadOnlyList<string> All { get; } =
    [
        .. LabStore.Verbs.Values.Concat(LabTarget.Verbs).SelectMany(verb => new[] { Before(verb), After(verb) }),
        StopBegins,
        StopEnds,
    ];

    public static string Before(string verb) => verb + ".before";

    public static string After(string verb) => verb + ".after";
}
