using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Api.Rest;
using GrafeasBridge.Filtering;
using GrafeasBridge.Ingest.Archivista;
using Grpc.Core;

namespace GrafeasBridge.Fuzz;

/// <summary>
/// What strangers' bytes reach first. Each target either takes the input or refuses it the way a caller would be refused;
/// whatever else it throws is a bug. The kept inputs of corpus/NAME are run by the tests, too.
/// </summary>
internal static class Targets
{
    public static readonly IReadOnlyDictionary<string, Action<byte[]>> All = new Dictionary<string, Action<byte[]>>
    {
        ["filter"] = Filter,
        ["json"] = Json,
        ["envelope"] = Upload,
        ["statement"] = Signed,
    };

    // Made late: instrumented code must not run before the fuzzer has said where to count.
    private static readonly Lazy<JsonParser> Parser = new(() => new(JsonParser.Settings.Default.WithTypeRegistry(AnyTypes.Registry)));

    private static readonly Lazy<Occurrence> Sample = new(() => new Occurrence
    {
        Name = "projects/p/occurrences/o",
        NoteName = "projects/p/notes/n",
        ResourceUri = "https://gcr.io/alpha/app",
        Kind = NoteKind.Build,
        CreateTime = new Timestamp { Seconds = 1_700_000_000, Nanos = 100 },
        Build = new BuildOccurrence
        {
            Provenance = new BuildProvenance
            {
                Id = "b",
                BuildOptions = { ["machine"] = "n1" },
                Commands = { new Command { Name = "go", Args = { "test" } } },
                BuiltArtifacts = { new Artifact { Names = { "a", "b" } } },
            },
        },
    });

    /// <summary>A list filter: compiled for what can be listed, and tried on an occurrence.</summary>
    private static void Filter(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        FilterSubject[] subjects = [FilterSubject.Occurrences, FilterSubject.Notes, FilterSubject.Projects];
        foreach (var subject in subjects)
        {
            try
            {
                var filter = ListFilter.Compile(text, subject, new FilterLimits());
                if (subject == FilterSubject.Occurrences)
                    filter.Matches(Sample.Value);
            }
            catch (FilterException refusal) when (refusal.Position >= 0 && refusal.Position <= text.Length)
            {
                // As a caller would hear it.
            }
        }
    }

    /// <summary>The body of a REST call. The first byte chooses which; what is taken must be protobuf JSON for others, too.</summary>
    private static void Json(byte[] input)
    {
        if (input.Length == 0)
            return;
        var body = input.AsMemory(1);
        try
        {
            switch (input[0] % 3)
            {
                case 0:
                    Parser.Value.Parse<Occurrence>(Text(JsonBody.Normalize(body, Occurrence.Descriptor, "occurrence")));
                    break;
                case 1:
                    Parser.Value.Parse<Note>(Text(JsonBody.Normalize(body, Note.Descriptor, "note")));
                    break;
                default:
                    Parser.Value.Parse<BatchCreateOccurrencesRequest>(Text(JsonBody.Normalize(body, BatchCreateOccurrencesRequest.Descriptor, "")));
                    break;
            }
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.InvalidArgument)
        {
            // As a caller would hear it.
        }
    }

    /// <summary>An upload: the envelope, and the statement in it.</summary>
    private static void Upload(byte[] input)
    {
        var envelope = DsseEnvelopeReader.Read(input);
        Expect(envelope.IsGood == (envelope.Problems.Count == 0), "an envelope is either good or has problems");
        if (envelope.IsGood)
            Signed(envelope.Value.Payload.ToByteArray());
    }

    /// <summary>A signed statement: what is taken must survive storing.</summary>
    private static void Signed(byte[] input)
    {
        var statement = InTotoStatementReader.Read(input, maxSubjects: 100);
        Expect(statement.IsGood == (statement.Problems.Count == 0), "a statement is either good or has problems");
        if (!statement.IsGood)
            return;
        Expect(statement.Value.Subjects.Count > 0, "a statement is about something");
        var occurrence = new Occurrence { ResourceUri = statement.Value.Subjects[0].ResourceUri };
        if (statement.Value.Build is { } build)
            occurrence.Build = build;
        else
            occurrence.DsseAttestation = new DSSEAttestationOccurrence { Statement = statement.Value.Other };
        var list = new ListOccurrencesResponse { Occurrences = { occurrence } };
        Expect(list.Equals(ListOccurrencesResponse.Parser.ParseFrom(list.ToByteArray())), "what was stored is read again");
    }

    private static void Expect(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
