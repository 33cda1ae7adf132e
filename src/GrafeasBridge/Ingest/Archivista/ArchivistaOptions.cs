using GrafeasBridge.Api;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>Settings of the Archivista dialect: section <c>Archivista</c>.</summary>
internal sealed class ArchivistaOptions
{
    public const string Section = "Archivista";

    /// <summary>Answer uploads and downloads; false closes the dialect.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Id of the project that uploads go to. Callers need the role send in it to upload, read to download.</summary>
    public string Project { get; set; } = "archivista";

    /// <summary>Id of the note of SLSA provenance, made when it is missing.</summary>
    public string BuildNote { get; set; } = "archivista-build";

    /// <summary>Id of the note of all other attestations, made when it is missing.</summary>
    public string AttestationNote { get; set; } = "archivista-attestation";

    /// <summary>
    /// Largest sum, in bytes, of the occurrences of one upload: each subject's holds the envelope and the statement, so that an
    /// upload of many subjects weighs many times what was sent.
    /// </summary>
    [SettingRange(1024 * 1024, 256 * 1024 * 1024)]
    public int MaxStoredBytes { get; set; } = 32 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ArchivistaOptionsValidator : IValidateOptions<ArchivistaOptions>;

/// <summary>What spans fields: ids that can be ids, and a note for each kind.</summary>
internal sealed class ArchivistaOptionsRules : IValidateOptions<ArchivistaOptions>
{
    public ValidateOptionsResult Validate(string? name, ArchivistaOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Check(errors, nameof(options.Project), options.Project);
        Check(errors, nameof(options.BuildNote), options.BuildNote);
        Check(errors, nameof(options.AttestationNote), options.AttestationNote);
        if (options.BuildNote == options.AttestationNote)
        {
            errors.AddError(
                $"Archivista:BuildNote and Archivista:AttestationNote are both '{options.BuildNote}'; a note is of one kind, so give them two names.");
        }

        return errors.Build();
    }

    private static void Check(ValidateOptionsResultBuilder errors, string key, string id)
    {
        if (ResourceNames.ProblemOfId(id) is { } problem)
            errors.AddError($"Archivista:{key} ('{id}') {problem}.");
    }
}
