namespace BintrayEmulator;

/// <summary><c>BintrayEmulator --check URL</c>: asks a running emulator whether it is healthy, for containers that have no curl.</summary>
internal static class HealthCheck
{
    private const int Unhealthy = 1;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(4);

    /// <summary>0 when it answers that it is healthy, else 1 and a sentence on the error stream.</summary>
    public static async Task<int> RunAsync(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            return await SayAsync($"'{url}' is not an address such as http://127.0.0.1:8082");

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = CallTimeout };
        try
        {
            using var reply = await client.GetAsync(new Uri(address, "/healthz"));
            return reply.IsSuccessStatusCode ? 0 : await SayAsync($"{address} answered {(int)reply.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return await SayAsync($"{address} cannot be asked: {e.Message}");
        }
    }

    private static async Task<int> SayAsync(string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return Unhealthy;
    }
}
