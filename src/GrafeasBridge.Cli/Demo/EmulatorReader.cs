using System.Text.Json;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Demo;

/// <summary>Reads a version's attributes from the emulator by Bintray's REST API, as any of its clients would.</summary>
internal static class EmulatorReader
{
    // Bintray's names hold no slash: package team/web is called team:web there.
    public static Uri Address(Uri emulator, VersionSummary version) => new(
        emulator,
        $"packages/{Uri.EscapeDataString(version.Subject)}/{Uri.EscapeDataString(version.Repo)}/{Uri.EscapeDataString(version.Package.Replace('/', ':'))}"
        + $"/versions/{Uri.EscapeDataString(version.Version)}/attributes");

    /// <exception cref="CliException">The emulator answers something else.</exception>
    public static async Task<IReadOnlyList<TargetAttribute>> ReadAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new CliException(ExitCode.Refused, $"GET {address} answered {(int)answer.StatusCode}: {body}");

            return JsonSerializer.Deserialize(body, JsonLines.Readable.ListTargetAttribute) ?? [];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new CliException(ExitCode.NotReachable, $"GET {address}: {e.Message}");
        }
    }
}
