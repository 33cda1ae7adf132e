using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GrafeasBridge.Cli.Local;

/// <summary>Asks a process to end, as <c>kill</c> does; .NET has no call for it.</summary>
internal static partial class ProcessSignal
{
    private const int SigTerm = 15;

    public static void Terminate(Process process)
    {
        if (!OperatingSystem.IsWindows())
            _ = Signal(process.Id, SigTerm);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
