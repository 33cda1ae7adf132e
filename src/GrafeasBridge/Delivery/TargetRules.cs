using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>Checks every target and reports all problems at once, each with its key, its value and the remedy.</summary>
internal sealed partial class TargetRules(TargetKinds kinds) : IValidateOptions<TargetsOptions>
{
    public ValidateOptionsResult Validate(string? name, TargetsOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        foreach (var problem in options.Problems.Concat(options.Targets.SelectMany(ProblemsOf)))
            problems.AddError(problem);

        var names = options.Targets.GroupBy(t => t.Name, StringComparer.Ordinal);
        foreach (var same in names.Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            var keys = string.Join(" and ", same.Select(t => t.Key));
            problems.AddError($"The name '{same.Key}' is used by {keys}; give each its own Name.");
        }

        return problems.Build();
    }

    private IEnumerable<string> ProblemsOf(TargetOptions target) =>
        [.. Problems(target), .. kinds.Of(target).Problems(target), .. SettingRangeAttribute.Problems(target.Key, target)];

    private static IEnumerable<string> Problems(TargetOptions target)
    {
        if (!NamePattern().IsMatch(target.Name))
            yield return $"{target.Key}:Name is '{target.Name}'; set it to 1 to 63 of a-z, 0-9 and -, not beginning or ending with -.";
        if (UrlProblem(target) is { } url)
            yield return url;
        if (KeyProblem(target) is { } key)
            yield return key;
        if (target.CallTimeout < target.AttemptTimeout)
        {
            yield return $"{target.Key}:CallTimeout ({target.CallTimeout}) must not be shorter than {target.Key}:AttemptTimeout "
                + $"({target.AttemptTimeout}); raise the one or lower the other.";
        }
    }

    private static string? UrlProblem(TargetOptions target)
    {
        var key = $"{target.Key}:BaseUrl";
        if (!Uri.TryCreate(target.BaseUrl, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return $"{key} is '{Text.OneLine(target.BaseUrl, 200)}'; set it to an absolute http or https URL.";
        }

        // The value is not repeated where it may hold a secret.
        if (url.UserInfo.Length > 0)
            return $"{key} holds credentials; move the secret to {target.Key}:ApiKeyFile.";
        if (url.Query.Length > 0 || url.Fragment.Length > 0)
            return $"{key} has a query or fragment; leave only scheme, host, port and path.";
        return url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback && !target.AllowInsecure
            ? $"{key} is '{target.BaseUrl}', which would send the API key in clear; use https, or set {target.Key}:AllowInsecure to true."
            : null;
    }

    private static string? KeyProblem(TargetOptions target)
    {
        var inline = target.ApiKey?.Reveal() is { Length: > 0 };
        var file = target.ApiKeyFile.Length > 0;
        if (inline == file)
        {
            return $"{target.Key} needs exactly one of {target.Key}:ApiKey and {target.Key}:ApiKeyFile; "
                + (inline ? "both are set: remove one." : "neither is set: set one.");
        }

        return file && !File.Exists(target.ApiKeyFile)
            ? $"{target.Key}:ApiKeyFile is '{target.ApiKeyFile}', which is not a readable file; correct the path or create the file."
            : null;
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
