using GrafeasBridge.Store;

namespace GrafeasBridge.Admin;

/// <summary>Exit codes of admin commands; gbridge passes them on.</summary>
internal static class AdminExit
{
    public const int Done = 0;

    /// <summary>A flag or a setting is wrong.</summary>
    public const int BadInput = 2;

    /// <summary>The store says no: steps are to be taken, something is there already, a row cannot be kept.</summary>
    public const int Refused = 3;

    /// <summary>The database does not answer, or another process has it in use.</summary>
    public const int NotReachable = 4;

    /// <summary>The store cannot be used by this program as it is: newer, damaged, another program's, an unfinished copy.</summary>
    public const int Unusable = 6;

    /// <summary>128 + SIGINT, as shells expect it.</summary>
    public const int Interrupted = 130;

    public static int From(StoreFailure failure) => failure switch
    {
        StoreFailure.Unavailable or StoreFailure.Overloaded => NotReachable,
        StoreFailure.Broken or StoreFailure.Damaged => Unusable,
        _ => Refused,
    };
}

/// <summary>Ends an admin command with a sentence: what is wrong, where, and the remedy.</summary>
internal sealed class AdminException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static AdminException BadInput(string message) => new(AdminExit.BadInput, message);

    public static AdminException Refused(string message) => new(AdminExit.Refused, message);
}
