using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Mapping.Provenance;

/// <summary>Sources as the forms of SLSA and in-toto provenance tell them.</summary>
internal static class SlsaSources
{
    private const string One = "build.in_toto_slsa_provenance_v1.predicate.build_definition";

    /// <summary>Parameters under which builders of SLSA 1.0 name the source: Google Cloud Build, GitHub Actions, Tekton.</summary>
    private static readonly string[] SourceParameters = ["sourceToBuild", "buildConfigSource", "workflow", "source"];

    public static IEnumerable<SourceRepository> Places(Occurrence occurrence)
    {
        var one = occurrence.Build?.InTotoSlsaProvenanceV1?.Predicate?.BuildDefinition;
        var places = one is null ? [] : Parameters(one).Concat(
            Materials(one.ResolvedDependencies.Select(d => (d.Uri, d.Digest)), One + ".resolved_dependencies"));
        places = places.Concat(Statement(occurrence.Build?.IntotoStatement, "build.intoto_statement"));
        places = places.Concat(Plain(occurrence.Build?.IntotoProvenance?.Materials, "build.intoto_provenance.materials"));
        return places.Concat(Statement(occurrence.DsseAttestation?.Statement, "dsse_attestation.statement"));
    }

    /// <summary>The branch among the substitutions of Google Cloud Build: it says what a trigger was fired by.</summary>
    public static FieldValue? BranchOfTrigger(Occurrence occurrence)
    {
        const string Arguments = "build.intoto_statement.slsa_provenance.recipe.arguments";
        var one = occurrence.Build?.InTotoSlsaProvenanceV1?.Predicate?.BuildDefinition;
        var system = Object(one?.InternalParameters, "systemSubstitutions");
        if (Text(system, "BRANCH_NAME") is { } branch)
            return new FieldValue(branch, One + ".internal_parameters.systemSubstitutions.BRANCH_NAME");
        var arguments = StructIn(occurrence.Build?.IntotoStatement?.SlsaProvenance?.Recipe?.Arguments);
        return BuildSources.FieldValueOf(
            Text(Object(arguments, "substitutions"), "BRANCH_NAME"), Arguments + ".substitutions.BRANCH_NAME");
    }

    /// <returns>Null when the Any holds another type, or bytes that are not a Struct.</returns>
    public static Struct? StructIn(Any? any)
    {
        if (any is null || !any.Is(Struct.Descriptor))
            return null;
        try
        {
            return any.Unpack<Struct>();
        }
        catch (InvalidProtocolBufferException)
        {
            // A message may be well-formed while the bytes inside an Any are not; then they tell nothing.
            return null;
        }
    }

    private static IEnumerable<SourceRepository> Parameters(InTotoSlsaProvenanceV1.Types.BuildDefinition definition)
    {
        foreach (var name in SourceParameters)
        {
            var source = Object(definition.ExternalParameters, name);
            if (Text(source, "repository") is not { } repository)
                continue;
            var field = $"{One}.external_parameters.{name}";
            var reference = Text(source, "ref");
            var uri = GitUri.Parse(repository);
            yield return new SourceRepository(
                new FieldValue(uri?.Url ?? repository, field + ".repository"),
                BuildSources.FieldValueOf(uri?.Revision, field + ".repository"),
                BuildSources.FieldValueOf(GitUri.BranchOf(reference), field + ".ref") ?? BuildSources.FieldValueOf(uri?.Branch, field + ".repository"));
        }
    }

    private static IEnumerable<SourceRepository> Statement(InTotoStatement? statement, string field)
    {
        switch (statement?.PredicateCase)
        {
            case InTotoStatement.PredicateOneofCase.SlsaProvenanceZeroTwo:
                var two = statement.SlsaProvenanceZeroTwo;
                field += ".slsa_provenance_zero_two";
                var config = two.Invocation?.ConfigSource;
                var configured = config is null ? null : Material(config.Uri, config.Digest, field + ".invocation.config_source");
                var materials = Materials(two.Materials.Select(m => (m.Uri, m.Digest)), field + ".materials");
                return configured is null ? materials : materials.Prepend(configured);
            case InTotoStatement.PredicateOneofCase.SlsaProvenance:
                return Materials(statement.SlsaProvenance.Materials.Select(m => (m.Uri, m.Digest)), field + ".slsa_provenance.materials");
            case InTotoStatement.PredicateOneofCase.Provenance:
                return Plain(statement.Provenance.Materials, field + ".provenance.materials");
            default:
                return [];
        }
    }

    private static IEnumerable<SourceRepository> Materials(IEnumerable<(string Uri, MapField<string, string> Digest)> materials, string field) =>
        materials.Select((m, i) => Material(m.Uri, m.Digest, $"{field}[{i}]")).OfType<SourceRepository>();

    private static IEnumerable<SourceRepository> Plain(RepeatedField<string>? uris, string field) =>
        (uris ?? []).Select((uri, i) => Place(GitUri.Parse(uri), $"{field}[{i}]", $"{field}[{i}]")).OfType<SourceRepository>();

    private static SourceRepository? Material(string uri, MapField<string, string> digest, string field)
    {
        var commit = BuildSources.CommitOf(digest);
        return Place(GitUri.Parse(uri, commit), field + ".uri", commit is null ? field + ".uri" : field + ".digest");
    }

    private static SourceRepository? Place(GitUri? uri, string field, string commitField) => uri is null
        ? null
        : new SourceRepository(
            BuildSources.FieldValueOf(uri.Url, field), BuildSources.FieldValueOf(uri.Revision, commitField), BuildSources.FieldValueOf(uri.Branch, field));

    private static Struct? Object(Struct? parent, string key) =>
        parent is not null && parent.Fields.TryGetValue(key, out var value) && value.KindCase == Value.KindOneofCase.StructValue
            ? value.StructValue
            : null;

    private static string? Text(Struct? parent, string key) =>
        parent is not null && parent.Fields.TryGetValue(key, out var value) && value.KindCase == Value.KindOneofCase.StringValue
            && value.StringValue.Length > 0
            ? value.StringValue
            : null;
}
