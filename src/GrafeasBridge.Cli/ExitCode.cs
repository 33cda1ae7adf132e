using Grpc.Core;

namespace GrafeasBridge.Cli;

/// <summary>How the command ends. Scripts rely on these numbers; <c>--help</c> and the README list them.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>What was given is wrong: a flag, a file, or content that the service finds invalid.</summary>
    public const int BadInput = 2;

    /// <summary>The service answered, and the answer was no.</summary>
    public const int Refused = 3;

    /// <summary>No answer: nobody listens, or not in the time given.</summary>
    public const int NotReachable = 4;

    /// <summary>Accepted, but not at its target in the time given.</summary>
    public const int NotDelivered = 5;

    /// <summary>Said by the service's admin mode: the store cannot be used as it is (newer, damaged, another program's, an unfinished copy).</summary>
    public const int Unusable = 6;

    /// <summary>128 + SIGINT, as shells expect it.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;

    public const string Help =
        """
        Exit codes: 0 done; 2 bad input; 3 refused by the service; 4 service not reachable;
        5 not delivered in the time given; 6 the store cannot be used as it is (admin); 130 interrupted.
        """;

    public static int From(StatusCode status) => status switch
    {
        StatusCode.OK => Done,
        StatusCode.InvalidArgument or StatusCode.OutOfRange => BadInput,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => NotReachable,
        _ => Refused,
    };

    /// <summary>One code for many results: what a person must correct comes before what may pass by itself.</summary>
    public static int Worst(IEnumerable<int> codes)
    {
        var worst = Done;
        foreach (var code in codes)
        {
            if (code != Done && (worst == Done || code < worst))
                worst = code;
        }

        return worst;
    }
}
