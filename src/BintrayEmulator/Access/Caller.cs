using BintrayEmulator.Http;

namespace BintrayEmulator.Access;

/// <summary>Who makes a call: a user, or nobody (<paramref name="Name"/> null). No subjects listed means all of them.</summary>
internal sealed record Caller(string? Name, IReadOnlyCollection<string> Subjects)
{
    public static Caller Anonymous { get; } = new(null, []);

    public bool IsKnown => Name is not null;

    /// <summary>True when the caller may write to what a subject owns, and see what only its publishers see.</summary>
    public bool MayPublish(string subject) => IsKnown && (Subjects.Count == 0 || Subjects.Contains(subject, StringComparer.Ordinal));

    /// <summary>
    /// Refused with 401 without the right. The service was also seen to answer 403 to a known user; 401 is the recorded text.
    /// </summary>
    public void RequirePublish(string subject)
    {
        if (!MayPublish(subject))
            throw Refusals.Unauthenticated();
    }
}
