using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest.Validation;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>An in-toto statement in the words of Grafeas.</summary>
/// <param name="Subjects">Those that an occurrence can be about, in the order of the statement, none twice.</param>
/// <param name="Build">The statement, when its predicate is SLSA provenance; else null.</param>
/// <param name="Other">The statement without its predicate, when that is anything else; else null.</param>
internal sealed record Statement(IReadOnlyList<StatementSubject> Subjects, BuildOccurrence? Build, InTotoStatement? Other);

/// <param name="Index">Its place among all subjects of the statement.</param>
internal readonly record struct StatementSubject(int Index, string ResourceUri);

/// <summary>
/// Reads an in-toto statement, with SLSA provenance 0.1, 0.2 or 1.0 or any other predicate, from the payload of an envelope.
/// Pure, and never throws, whatever the bytes.
/// </summary>
internal static class InTotoStatementReader
{
    /// <summary>The field of the envelope that the statement is; begins every path.</summary>
    public const string Root = "payload";

    private const string TypePrefix = "https://in-toto.io/Statement/";

    // Of the digests that in-toto knows, those that stand for content and are still safe to trust, the most usual one first.
    private static readonly (string Algorithm, int Length)[] Usable = [("sha256", 64), ("sha512", 128), ("sha384", 96)];

    /// <param name="maxSubjects">See Ingest:MaxBatch.</param>
    public static Reading<Statement> Read(ReadOnlyMemory<byte> payload, int maxSubjects)
    {
        Checker check = default;
        check.Enter(Root);
        using var document = JsonTree.Parse(ref check, payload, string.Empty);
        return Reading<Statement>.Of(ref check, document is null ? null : Statement(ref check, document.RootElement, maxSubjects));
    }

    private static Statement? Statement(ref Checker check, JsonElement json, int maxSubjects)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            check.Add(string.Empty, "must be an in-toto statement: an object with _type, subject, predicateType and predicate");
            return null;
        }

        var type = JsonTree.Text(ref check, json, "_type", required: true) ?? string.Empty;
        if (type.Length > 0 && !type.StartsWith(TypePrefix, StringComparison.Ordinal))
            check.Add("_type", $"is '{QuotedText.Shorten(type)}'; an in-toto statement has {TypePrefix}v0.1 or {TypePrefix}v1");
        var predicateType = JsonTree.Text(ref check, json, "predicateType", required: true) ?? string.Empty;
        var statement = new InTotoStatement { Type = type, PredicateType = predicateType };
        var subjects = Subjects(ref check, json, statement, maxSubjects);
        var build = Build(ref check, json, statement);
        return new Statement(subjects, build, build is null ? statement : null);
    }

    /// <returns>Null when the predicate is no SLSA provenance.</returns>
    private static BuildOccurrence? Build(ref Checker check, JsonElement json, InTotoStatement statement)
    {
        switch (statement.PredicateType)
        {
            case "https://slsa.dev/provenance/v0.1":
                statement.SlsaProvenance = Predicate(ref check, json, new SlsaProvenance());
                return new BuildOccurrence { IntotoStatement = statement };
            case "https://slsa.dev/provenance/v0.2":
                statement.SlsaProvenanceZeroTwo = Predicate(ref check, json, new SlsaProvenanceZeroTwo());
                return new BuildOccurrence { IntotoStatement = statement };
            case "https://slsa.dev/provenance/v1" or "https://slsa.dev/provenance/v1.0" or "https://slsa.dev/provenance/v1.1":
                var one = new InTotoSlsaProvenanceV1
                {
                    Type = statement.Type,
                    PredicateType = statement.PredicateType,
                    Predicate = Predicate(ref check, json, new InTotoSlsaProvenanceV1.Types.SlsaProvenanceV1()),
                };
                one.Subject.Add(statement.Subject);
                return new BuildOccurrence { InTotoSlsaProvenanceV1 = one };
            default:
                return null;
        }
    }

    private static T Predicate<T>(ref Checker check, JsonElement json, T predicate)
        where T : IMessage
    {
        check.Enter("predicate");
        if (JsonTree.Member(json, "predicate") is { } value)
            OpenJson.Fill(ref check, value, predicate);
        else
            check.Add(string.Empty, "is required");
        check.Leave();
        return predicate;
    }

    private static List<StatementSubject> Subjects(ref Checker check, JsonElement json, InTotoStatement statement, int maxSubjects)
    {
        const string Field = "subject";
        var list = JsonTree.Member(json, Field);
        var count = list is { ValueKind: JsonValueKind.Array } items ? items.GetArrayLength() : 0;
        if (list is { ValueKind: not JsonValueKind.Array })
            check.Add(Field, "must be a list");
        else
            check.AtLeastOne(count, Field);
        if (count > maxSubjects)
        {
            check.Add(Field, string.Create(
                CultureInfo.InvariantCulture, $"holds {count} elements; at most {maxSubjects} are allowed (Ingest:MaxBatch)"));
        }

        if (count == 0 || count > maxSubjects)
            return [];
        var subjects = new List<StatementSubject>(count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var before = check.Problems.Count;
        var index = 0;
        foreach (var item in list!.Value.EnumerateArray())
        {
            check.Enter(Field, index);
            if (ResourceOf(ref check, item, statement) is { } resource && seen.Add(resource))
                subjects.Add(new(index, resource));
            check.Leave();
            index++;
        }

        if (subjects.Count == 0 && check.Problems.Count == before)
            check.Add(Field, "holds no element with a name and a digest of sha256, sha512 or sha384, so nothing can be said of anything");
        return subjects;
    }

    /// <summary>Adds the subject to the statement, whole.</summary>
    /// <returns>Null when nothing can be said of it: it lacks a name or a usable digest, or is wrong.</returns>
    private static string? ResourceOf(ref Checker check, JsonElement json, InTotoStatement statement)
    {
        var subject = new Subject();
        OpenJson.Fill(ref check, json, subject);
        if (json.ValueKind != JsonValueKind.Object)
            return null;
        // Since version 1 of the statement a subject may have a uri in place of a name.
        if (subject.Name.Length == 0 && JsonTree.Text(ref check, json, "uri", required: false) is { } uri)
            subject.Name = uri;
        statement.Subject.Add(subject);
        if (UsableDigest(ref check, subject) is not { } digest || subject.Name.Length == 0)
            return null;
        if (ArtifactResource.DigestIn(subject.Name) is { } named && named.Split(':')[0] == digest.Split(':')[0] && named != digest)
        {
            check.Add("name", $"ends in the digest {QuotedText.Shorten(named)}, but the subject's is {digest}");
            return null;
        }

        var resource = ArtifactResource.Of(subject.Name, digest);
        if (resource.Length <= OccurrenceValidator.MaxResourceUriLength)
            return resource;
        check.Add("name", string.Create(
            CultureInfo.InvariantCulture, $"has {subject.Name.Length} characters; at most {OccurrenceValidator.MaxResourceUriLength} are allowed with the digest"));
        return null;
    }

    private static string? UsableDigest(ref Checker check, Subject subject)
    {
        foreach ((var algorithm, var length) in Usable)
        {
            if (!subject.Digest.TryGetValue(algorithm, out var value))
                continue;
            if (value.Length == length && value.All(char.IsAsciiHexDigit))
                return Digests.Join(algorithm, value);
            check.Enter("digest", algorithm);
            check.Add(string.Empty, string.Create(CultureInfo.InvariantCulture, $"must be {length} hexadecimal digits"));
            check.Leave();
            return null;
        }

        return null;
    }
}
