using Microsoft.Extensions.Options;

namespace GrafeasBridge.Receipts;

/// <summary>When the reply to a create carries receipts.</summary>
internal enum ReceiptsInReplies
{
    /// <summary>When the caller asks, by <c>x-grafeasbridge-receipt: true</c>.</summary>
    Asked,

    /// <summary>Always.</summary>
    Always,

    /// <summary>Never; they can still be got later.</summary>
    Never,
}

/// <summary>Section <c>Receipts</c>: signed receipts for senders.</summary>
internal sealed class ReceiptsOptions
{
    public const string Section = "Receipts";

    /// <summary>
    /// When the reply to a create carries signed receipts. <c>Asked</c>: when the caller sends <c>x-grafeasbridge-receipt: true</c>. A
    /// signature costs about a quarter of a small create.
    /// </summary>
    public ReceiptsInReplies InReplies { get; set; }

    /// <summary>Age at which the signing key is replaced by a new one. Public keys stay served, so that old receipts stay good.</summary>
    [SettingRange("1.00:00:00", "3650.00:00:00")]
    public TimeSpan RotateAfter { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// PEM file (PKCS #8) of an Ed25519 private key to sign with, the same for every bridge on the same store. Empty: keys are made
    /// and kept in the store, and replaced by age.
    /// </summary>
    public string KeyFile { get; set; } = "";
}

[OptionsValidator]
internal sealed partial class ReceiptsOptionsValidator : IValidateOptions<ReceiptsOptions>;

/// <summary>The file is read at start, so that a wrong one stops the start and not the first receipt.</summary>
internal sealed class ReceiptsOptionsRules : IValidateOptions<ReceiptsOptions>
{
    public ValidateOptionsResult Validate(string? name, ReceiptsOptions options)
    {
        if (!Enum.IsDefined(options.InReplies))
            return ValidateOptionsResult.Fail($"Receipts:InReplies is {options.InReplies}; set it to Asked, Always or Never.");
        if (options.KeyFile.Length == 0)
            return ValidateOptionsResult.Success;
        try
        {
            SigningKeys.FromFile(options.KeyFile).Dispose();
            return ValidateOptionsResult.Success;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or FormatException)
        {
            return ValidateOptionsResult.Fail($"Receipts:KeyFile ({options.KeyFile}): {wrong.Message}");
        }
    }
}
