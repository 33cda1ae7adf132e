namespace BintrayEmulator.Http;

/// <summary>A call ends here with this status and message; nothing of its transaction is kept.</summary>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public Answer Answer() => Http.Answer.Message(Status, Message) with { Headers = Headers };
}
