namespace GrafeasBridge.Checker;

/// <summary>What was given cannot be judged; the message says why, in a sentence. Ends with exit code 2.</summary>
internal sealed class BadInputException(string message) : Exception(message);
