namespace BintrayEmulator;

/// <summary>How the emulator says that it is one.</summary>
internal static class EmulatorIdentity
{
    public const string Sentence = "This is an emulator of the Bintray REST API. It is not Bintray, which was switched off on 2021-05-01.";

    public static string Name { get; } = "BintrayEmulator/" + (typeof(EmulatorIdentity).Assembly.GetName().Version?.ToString(3) ?? "0");

    public static void Stamp(HttpResponse response) => response.Headers.Server = Name;
}
