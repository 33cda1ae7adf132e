using GrafeasBridge.Access.Keys;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Access;

/// <summary>Section <c>Access</c>: who may call.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>
    /// Path of the file of API keys (JSON, see README). Empty: no key is asked for, which is allowed on loopback only. Once
    /// set, every call needs a key, on loopback too.
    /// </summary>
    public string KeysFile { get; set; } = "";

    /// <summary>Allows listening beyond loopback with no keys: anyone who reaches the port may then do everything.</summary>
    public bool AllowUnauthenticatedNetworkAccess { get; set; }

    /// <summary>How soon a change of the file is noticed, at the latest.</summary>
    [SettingRange("00:00:01", "1.00:00:00")]
    public TimeSpan ReloadEvery { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class AccessOptionsValidator : IValidateOptions<AccessOptions>;

/// <summary>The file is read at start, so that a wrong one stops the start and not the first caller.</summary>
internal sealed class AccessOptionsRules : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        if (options.KeysFile.Length == 0)
            return ValidateOptionsResult.Success;
        try
        {
            _ = KeyFile.Read(options.KeysFile);
            return ValidateOptionsResult.Success;
        }
        catch (KeyFileException wrong)
        {
            return ValidateOptionsResult.Fail($"Access:KeysFile ({options.KeysFile}): {wrong.Message}");
        }
    }
}
