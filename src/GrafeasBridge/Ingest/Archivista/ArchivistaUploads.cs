using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>
/// What an upload means: one occurrence for each subject of its statement, of kind BUILD when the predicate is SLSA
/// provenance, else DSSE_ATTESTATION, each with the envelope; and beside them the bytes as they came.
/// </summary>
internal sealed class ArchivistaUploads(
    Intake intake, IBridgeStore store, TimeProvider clock, IOptions<ArchivistaOptions> settings, IOptions<ApiOptions> limits)
{
    public const string Transport = "archivista";

    private readonly ArchivistaOptions options = settings.Value;
    private readonly int maxSubjects = limits.Value.MaxBatch;

    /// <exception cref="Grpc.Core.RpcException">A refusal, with field paths of the envelope.</exception>
    /// <exception cref="StoreException">The store cannot take it.</exception>
    /// <returns>The id under which the bytes can be had back.</returns>
    public async Task<string> AddAsync(byte[] body, Caller caller, CancellationToken cancellationToken)
    {
        var envelope = DsseEnvelopeReader.Read(body).OrRefuse();
        var statement = InTotoStatementReader.Read(envelope.Payload.Memory, maxSubjects).OrRefuse();
        var hash = GitObjectId.Hash(body);
        var gitoid = GitObjectId.Text(hash);
        Occurrence[] occurrences = [.. statement.Subjects.Select(subject => New(subject, statement, envelope))];
        RefuseLarge(occurrences);
        await intake.SubmitAsync(
            new Submission<Occurrence>(options.Project, occurrences, caller, Transport)
            {
                List = InTotoStatementReader.Root + ".subject",
                Places = [.. statement.Subjects.Select(subject => subject.Index)],
                // The bytes are the identity: how they are read may change with a release, who they are does not.
                Identities = [.. statement.Subjects.Select(s => new SubmissionIdentity(RequestIdentity.OfUpload(gitoid, s.Index), hash))],
                MissingNote = MissingNote(statement),
                Upload = new NewUpload(options.Project, gitoid, clock.GetUtcNow(), body),
                IsAnsweredWhole = false,
            },
            cancellationToken);
        return gitoid;
    }

    /// <returns>The bytes as they came; null when nobody uploaded them.</returns>
    public Task<byte[]?> FindAsync(string gitoid, CancellationToken cancellationToken) =>
        GitObjectId.IsValid(gitoid) ? store.FindUploadAsync(options.Project, gitoid, cancellationToken) : Task.FromResult<byte[]?>(null);

    // The messages below it are shared by all subjects; nothing on their way changes them.
    private Occurrence New(StatementSubject subject, Statement statement, Envelope envelope)
    {
        var occurrence = new Occurrence
        {
            ResourceUri = subject.ResourceUri,
            NoteName = new NoteName(options.Project, statement.Build is null ? options.AttestationNote : options.BuildNote).ToString(),
            Envelope = envelope,
        };
        if (statement.Build is not null)
            occurrence.Build = statement.Build;
        else
            occurrence.DsseAttestation = new DSSEAttestationOccurrence { Envelope = envelope, Statement = statement.Other };
        return occurrence;
    }

    private static Note MissingNote(Statement statement) => statement.Build is null
        ? new Note
        {
            ShortDescription = "Attestations uploaded in the Archivista dialect",
            DsseAttestation = new DSSEAttestationNote { Hint = new() { HumanReadableName = "Archivista uploads" } },
        }
        : new Note
        {
            ShortDescription = "SLSA provenance uploaded in the Archivista dialect",
            Build = new BuildNote { BuilderVersion = "unknown" },
        };

    private void RefuseLarge(Occurrence[] occurrences)
    {
        // All but the resource is the same in each.
        var size = (long)occurrences[0].CalculateSize() * occurrences.Length;
        if (size <= options.MaxStoredBytes)
            return;
        throw Errors.TooLarge(
            $"payload.subject names {occurrences.Length} subjects, whose occurrences (each holds the envelope and the statement) would "
            + $"have {size} bytes; at most {options.MaxStoredBytes} are allowed (Archivista:MaxStoredBytes).");
    }
}
