using System.CommandLine;
using System.Text.Json;
using GrafeasBridge.Cli.Checking;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;
using Grpc.Core;
using Spectre.Console;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge receipt</c>: what the service signed, got and checked.</summary>
internal static class ReceiptVerb
{
    public static Command Create(GlobalOptions global) => new("receipt", "Receipts of occurrences and proofs of delivery, signed by the service.")
    {
        Get(global), Proof(global), Verify(global), Rotate(global),
    };

    private static Command Get(GlobalOptions global)
    {
        var name = new Argument<string>("occurrence") { Description = "projects/P/occurrences/ID" }.RefusingOptions();
        var command = new Command("get", "Prints the receipt of an occurrence as a line of JSON, to be kept.") { name };
        command.SetAction((parsed, token) => global.RunAsync(
            parsed,
            session => PrintAsync(session, o => session.ReceiptBook.GetReceiptAsync(new GetReceiptRequest { Name = parsed.GetValue(name)! }, o)),
            token));
        return command;
    }

    private static Command Proof(GlobalOptions global)
    {
        var version = new VersionArgument();
        var command = new Command("proof", "Prints the proof that a version was delivered and read back, as a line of JSON, to be kept.");
        version.AddTo(command);
        command.SetAction((parsed, token) => global.RunAsync(
            parsed,
            async session =>
            {
                var v = await version.ResolveAsync(parsed, session);
                var request = new GetDeliveryProofRequest { Target = v.Target, Subject = v.Subject, Repo = v.Repo, Package = v.Package, Version = v.Version };
                return await PrintAsync(session, o => session.ReceiptBook.GetDeliveryProofAsync(request, o));
            },
            token));
        return command;
    }

    private static Command Verify(GlobalOptions global)
    {
        var file = new Argument<string>("file") { Description = "Receipts and proofs as JSON, one or many; - for standard input." }.RefusingOptions();
        var keys = new Option<string?>("--keys")
        {
            Description = "Public keys: a file (JSON Web Key Set or PEM) or the URL of the service's /receipts/keys. With a file nothing is asked "
                + "of anybody. Without it: as the service at --server says.",
            HelpName = "file|url",
        };
        var command = new Command("verify", "Checks signatures. Exit code 3 when one is wrong or its key unknown.") { file, keys };
        command.SetAction((parsed, token) => global.RunAsync(
            parsed, session => VerifyAsync(session, parsed.GetValue(file)!, parsed.GetValue(keys)), token));
        return command;
    }

    private static Command Rotate(GlobalOptions global)
    {
        var command = new Command("rotate", "Makes the service sign with a new key. Needs the role operate in all projects.");
        command.SetAction((parsed, token) => global.RunAsync(
            parsed,
            async session =>
            {
                // Not tried again by itself: a second call would make a second key.
                var key = await session.CallAsync(
                    Connecting.RetryPolicy.SendingOnce, o => session.ReceiptBook.RotateReceiptKeyAsync(new RotateReceiptKeyRequest(), o), requestId: null);
                if (session.Screen.Json)
                    session.Screen.JsonLine(ProtoJson.FormatComplete(key));
                else
                    session.Screen.Line($"Receipts are signed with key {key.Kid} from now on.");
                return ExitCode.Done;
            },
            token));
        return command;
    }

    private static async Task<int> PrintAsync<T>(Session session, Func<CallOptions, AsyncUnaryCall<T>> call)
        where T : Google.Protobuf.IMessage
    {
        session.Screen.JsonLine(ProtoJson.Format(await session.QueryAsync(call)));
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Session session, string file, string? keys)
    {
        if (file == InputText.StandardInput && keys == InputText.StandardInput)
            throw CliException.BadInput("Standard input can be read once only: give - once.");
        var items = await SignedFile.ReadAsync(file, session.Token);
        var known = keys is null ? await KeySet.FetchAsync(session) : await KeySet.ReadAsync(keys, session);
        var table = Tables.New("About", "Key", "Answer");
        var bad = 0;
        foreach (var item in items)
        {
            var problem = item.Problem(known);
            if (problem is not null)
                bad++;
            if (session.Screen.Json)
                session.Screen.JsonLine(JsonSerializer.Serialize(new CheckedLine(item.About, item.KeyId, problem is null, problem), JsonLines.Readable.CheckedLine));
            table.AddRow(
                Screen.Cell(item.About), Screen.Cell(item.KeyId), Screen.Cell(problem ?? "good", new Style(problem is null ? Color.Green : Color.Red)));
        }

        if (!session.Screen.Json)
            session.Screen.Print(table);
        if (bad > 0)
            session.Screen.Error($"{bad} of {items.Count} cannot be relied on.");
        return bad == 0 ? ExitCode.Done : ExitCode.Refused;
    }
}
