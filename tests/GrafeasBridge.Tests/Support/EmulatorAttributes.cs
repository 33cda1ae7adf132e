using System.Net;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Support;

/// <summary>What the embedded emulator says of a version by its own REST API.</summary>
internal static class EmulatorAttributes
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Looks until the version carries what is waited for; a minute bounds it, so that what never arrives fails.</summary>
    /// <param name="version">subject/repo/package/version.</param>
    /// <returns>Values by name, joined by a comma where there are several.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(
        BridgeHost host, string version, Func<IReadOnlyDictionary<string, string>, bool>? arrived = null)
    {
        var parts = version.Split('/');
        using var http = new HttpClient { BaseAddress = host.Emulator };
        var path = new Uri($"packages/{parts[0]}/{parts[1]}/{parts[2]}/versions/{parts[3]}/attributes", UriKind.Relative);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var answer = await http.GetAsync(path, limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var carried = JsonNode.Parse(await answer.Content.ReadAsStringAsync(limit.Token))!.AsArray().ToDictionary(
                    a => (string)a!["name"]!, a => string.Join(',', a!["values"]!.AsArray().Select(v => v!.ToString())), StringComparer.Ordinal);
                if (carried.Count > 0 && arrived?.Invoke(carried) != false)
                    return carried;
            }
        }
    }
}
