using System.Text.Json;
using System.Text.Json.Nodes;
using BintrayEmulator.Access;
using BintrayEmulator.Attributes;
using BintrayEmulator.Http;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Faults;

/// <summary>Answers about attributes that are not what the emulator itself would have said.</summary>
internal static class ChangedAnswers
{
    /// <summary>The same attributes and values in an order drawn from the seed.</summary>
    public static Answer Shuffled(int status, byte[] body, int seed)
    {
        var random = new Random(seed);
        var attributes = Shuffle(JsonNode.Parse(body)!.AsArray(), random);
        foreach (var attribute in attributes)
            attribute!["values"] = Shuffle(attribute["values"]!.AsArray(), random);

        return new Answer(status, attributes);
    }

    /// <summary>What the version carried at an earlier time, as this caller would have seen it.</summary>
    public static Answer Stale(HttpContext context, StaleAnswer stale)
    {
        var services = context.RequestServices;
        var call = new Call(
            context,
            services.GetRequiredService<UserDirectory>().Authenticate(context.Request),
            services.GetRequiredService<EmulatorStore>(),
            services.GetRequiredService<EmulatorOptions>());
        return call.Read(session =>
        {
            var asOf = stale.Age is { } age ? session.Now - (long)age.TotalMilliseconds : (long?)null;
            var former = Former(session, call.VersionOrLatest(session), stale.Behind, asOf);
            var attributes = former is null ? [] : AttributeCodec.Read(JsonSerializer.Deserialize<JsonElement>(former), call.Options);
            var names = call.QueryList("names") is { Count: > 0 } list ? list : null;
            return Answer.Ok(AttributeCodec.Write(attributes.Where(a => call.CanSee(a) && names?.Contains(a.Name, StringComparer.Ordinal) != false)));
        });
    }

    // What a version carried so many changes ago, or at a time (Unix milliseconds); null when it was not there yet.
    private static string? Former(Session session, PackageVersion version, int behind, long? asOf) => session.Query(
        "select attributes from history where subject = $subject and repo = $repo and package = $package and version = $version " +
        "and time <= $asOf order by sequence desc limit 1 offset $behind",
        r => r.GetString(0),
        ("$subject", version.Package.Repository.Subject),
        ("$repo", version.Package.Repository.Name),
        ("$package", version.Package.Name),
        ("$version", version.Name),
        ("$asOf", asOf ?? long.MaxValue),
        ("$behind", asOf is null ? behind : 0)).FirstOrDefault();

    private static JsonArray Shuffle(JsonArray items, Random random)
    {
        var shuffled = items.Select(item => item?.DeepClone()).ToArray();
        random.Shuffle(shuffled);
        return new JsonArray(shuffled);
    }
}
