using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Sending;
using Command = System.CommandLine.Command;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge send</c>: occurrences from files, standard input or flags.</summary>
internal sealed class SendVerb
{
    private const int LongestRequestId = 128;

    private readonly Argument<string[]> files = new("file")
    {
        Description = "JSON files, or - for standard input: one occurrence, an array, one per line, or a recorded request with its note.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> project = new("--project")
    {
        Description = "The project for whatever does not name its own.",
        HelpName = "id",
    };

    private readonly Option<string?> note = new("--note")
    {
        Description = "The note for whatever does not name its own: an id, or projects/P/notes/ID. With flags: 'builds'.",
        HelpName = "note",
    };

    private readonly Option<bool> createNotes = new("--create-notes")
    {
        Description = "Create the notes first: as the file gives them, or a plain one for a build. One that exists is fine.",
    };

    private readonly Option<string?> requestId = new("--request-id")
    {
        Description = "The identity of this request, for one occurrence. Without it, it is derived from project and content, "
            + "so that a job that runs again sends nothing twice.",
        HelpName = "id",
    };

    private readonly Option<bool> noRequestId = new("--no-request-id")
    {
        Description = "Send no identity: every run stores a new occurrence, and a lost answer is not tried again.",
    };

    private readonly Option<string> wait = new("--wait")
    {
        Description = "accepted: the service holds it. verified: its versions were read back from their targets.",
        DefaultValueFactory = _ => "accepted",
    };

    private readonly Option<string?> receipts = new("--receipts")
    {
        Description = "A file to which the service's signed receipts are added, a line of JSON each.",
        HelpName = "path",
    };

    private readonly BuildFlags flags = new();

    public static Command Create(GlobalOptions global)
    {
        var verb = new SendVerb();
        verb.files.RefusingOptions();
        verb.wait.AcceptOnlyFromAmong("accepted", "verified");
        var command = new Command("send", "Sends occurrences from JSON files, standard input, or flags that describe a build.")
        {
            verb.files, verb.project, verb.note, verb.createNotes, verb.requestId, verb.noRequestId, verb.wait, verb.receipts,
        };
        verb.flags.AddTo(command);
        command.SetAction((parsed, cancellationToken) => global.RunAsync(parsed, session => verb.RunAsync(parsed, session), cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Session session)
    {
        var items = await ItemsAsync(parsed, session.Token);
        using var kept = parsed.GetValue(receipts) is { } path ? ReceiptFile.Open(path) : null;
        var settings = Settings(parsed, items) with { Receipts = kept };
        var results = await new Sender(session, settings).SendAsync(items);
        SendReport.Print(session.Screen, results, settings.WaitUntilVerified);
        return ExitCode.Worst(results.Select(r => r.ExitCode(settings.WaitUntilVerified)));
    }

    private SendSettings Settings(ParseResult parsed, List<SendItem> items)
    {
        var id = parsed.GetValue(requestId);
        var none = parsed.GetValue(noRequestId);
        if (id is not null && none)
            throw CliException.BadInput("Give either --request-id or --no-request-id, not both.");
        if (id is { Length: 0 or > LongestRequestId } || id?.AsSpan().ContainsAnyExceptInRange('!', '~') == true)
            throw CliException.BadInput($"--request-id must be 1 to {LongestRequestId} visible ASCII characters.");
        if (id is not null && items.Count > 1)
            throw CliException.BadInput($"--request-id names one request, but {items.Count} occurrences were given. Leave it out: each gets its own.");

        return new SendSettings(parsed.GetValue(createNotes), id, !none, parsed.GetValue(wait) == "verified");
    }

    private async Task<List<SendItem>> ItemsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var parent = parsed.GetValue(project) is { } given ? ProjectName.Parse(given, "--project") : null;
        var noteName = parsed.GetValue(note) is { } wanted ? ProjectName.ParseNote(wanted, parent) : null;
        var paths = parsed.GetValue(files)!;
        var described = flags.Read(parsed);
        if (described is null && paths.Length == 0)
            throw CliException.BadInput("Nothing to send. Name files, - for standard input, or describe a build by --resource and --build-id.");
        if (described is not null && paths.Length > 0)
            throw CliException.BadInput("Give either files or the flags of a build, not both.");

        if (described is not null)
        {
            if (parent is null)
                throw CliException.BadInput("--resource needs --project.");

            described.NoteName = noteName ?? $"{parent}/notes/builds";
            return [new SendItem(new InputLocation("(flags)", 0), parent, described, null, null)];
        }

        if (paths.Count(p => p == InputText.StandardInput) > 1)
            throw CliException.BadInput("Standard input can be read once only: give - once.");

        var items = new List<SendItem>();
        foreach (var path in paths)
            items.AddRange((await OccurrenceFile.ReadAsync(path, cancellationToken)).Select(i => Completed(i, parent, noteName)));

        return items;
    }

    private static SendItem Completed(SendItem item, string? parent, string? noteName)
    {
        if (noteName is not null && item.Occurrence is { NoteName.Length: 0 } occurrence)
            occurrence.NoteName = noteName;

        return item.Problem is null && item.Parent is null ? item with { Parent = parent } : item;
    }
}
