using System.Net.Http.Headers;
using System.Text;

namespace GrafeasBridge.Delivery.Http;

/// <summary>What one request is authorized with. Prints as its scheme alone.</summary>
internal sealed class Credentials
{
    private readonly string[] secrets;

    private Credentials(AuthenticationHeaderValue header, params string[] secrets)
    {
        Header = header;
        this.secrets = secrets;
    }

    public AuthenticationHeaderValue Header { get; }

    public static Credentials Basic(string username, string key)
    {
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{key}"));
        return new Credentials(new AuthenticationHeaderValue("Basic", token), token, key);
    }

    public static Credentials Bearer(string key) => new(new AuthenticationHeaderValue("Bearer", key), key);

    /// <summary>Takes out what an endpoint may have echoed.</summary>
    public string Redact(string text) => secrets.Aggregate(text, (redacted, secret) => redacted.Replace(secret, "***", StringComparison.Ordinal));

    public override string ToString() => Header.Scheme;
}
