using System.Globalization;
using Grafeas.V1;
using GrafeasBridge.Access;
using GrafeasBridge.Store;

namespace GrafeasBridge.Ingest;

/// <summary>What one call hands to the intake, whatever its dialect.</summary>
/// <param name="Project">Where the occurrences go.</param>
/// <param name="Occurrences">All or none are stored.</param>
/// <param name="Transport">Tag of the metrics.</param>
internal sealed record Submission<T>(string Project, T[] Occurrences, Caller Caller, string Transport)
{
    /// <summary>The field that lists what the occurrences were made of; null when the request is about one, in the field occurrence.</summary>
    public string? List { get; init; }

    /// <summary>Where in that list each occurrence stands; null when they are the list itself.</summary>
    public IReadOnlyList<int>? Places { get; init; }

    /// <summary>Reads the id that the caller sent with the call; asked when everything else is valid.</summary>
    public Func<string?>? RequestId { get; init; }

    /// <summary>Who each occurrence is, where the dialect can tell; then nothing that the caller sent with the call counts.</summary>
    public IReadOnlyList<SubmissionIdentity>? Identities { get; init; }

    /// <summary>What the note of the occurrences is to be when it is missing; null to refuse them then.</summary>
    public Note? MissingNote { get; init; }

    /// <summary>Stored in the same transaction.</summary>
    public NewUpload? Upload { get; init; }

    /// <summary>True when the answer repeats what was stored, and must not be too long for the caller.</summary>
    public bool IsAnsweredWhole { get; init; } = true;

    /// <summary>The field path of an occurrence, for refusals.</summary>
    public string Path(int index) =>
        List is null ? "occurrence" : string.Create(CultureInfo.InvariantCulture, $"{List}[{Place(index)}]");

    public int Place(int index) => Places is null ? index : Places[index];
}

/// <summary>Tells an occurrence that is sent again from another one.</summary>
/// <param name="RequestId">Unique in the project.</param>
/// <param name="ContentHash">SHA-256 of what the sender wrote about it.</param>
internal readonly record struct SubmissionIdentity(string RequestId, byte[] ContentHash);

/// <summary>What became of one occurrence.</summary>
/// <param name="Occurrence">As stored: now, or first where it was a repeat.</param>
/// <param name="UnmappedReason">Why it concerns no version yet; null when it does.</param>
/// <param name="Added">As the store says.</param>
internal sealed record Submitted<T>(T Occurrence, bool Repeated, string? UnmappedReason, AddedOccurrence Added);
