using System.CommandLine;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary>Which versions are meant, for verbs about many.</summary>
internal sealed class VersionFilterOptions
{
    private readonly Option<string?> target = new("--target") { Description = "Only this target." };
    private readonly Option<string?> subject = new("--subject") { Description = "Only this subject." };
    private readonly Option<string?> repo = new("--repo") { Description = "Only this repository." };
    private readonly Option<string?> package = new("--package") { Description = "Only this package." };
    private readonly Option<DeliveryState> state = new("--state")
    {
        Description = "Only versions in this state.",
        HelpName = "pending|delivering|verified|drifted|waiting|parked",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var named = Enum.GetValues<DeliveryState>().FirstOrDefault(s => Tables.Name(s).Equals(text, StringComparison.OrdinalIgnoreCase));
            if (named != DeliveryState.Unspecified)
                return named;

            result.AddError($"--state '{text}' is none of pending, delivering, verified, drifted, waiting, parked.");
            return DeliveryState.Unspecified;
        },
    };

    private readonly Option<string?> commit = new("--commit") { Description = "Only versions built from this commit (the whole id)." };
    private readonly Option<string?> digest = new("--digest") { Description = "Only versions with this artifact, such as sha256:4bf5…." };

    private readonly Option<string?> filter = FilterOption.New();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { target, subject, repo, package, state, commit, digest, filter })
            command.Options.Add(option);
    }

    public ListVersionsRequest Read(ParseResult parsed) => new()
    {
        Target = parsed.GetValue(target) ?? "",
        Subject = parsed.GetValue(subject) ?? "",
        Repo = parsed.GetValue(repo) ?? "",
        Package = parsed.GetValue(package) ?? "",
        State = parsed.GetValue(state),
        Commit = parsed.GetValue(commit) ?? "",
        Digest = parsed.GetValue(digest) ?? "",
        Filter = parsed.GetValue(filter) ?? "",
    };
}

/// <summary>A filter over versions, in the service's language.</summary>
internal static class FilterOption
{
    public static Option<string?> New() => new("--filter")
    {
        Description = "Only versions of which this holds, such as 'last_outcome=\"Missing\" AND attempts > 3'.",
        HelpName = "filter",
    };
}
