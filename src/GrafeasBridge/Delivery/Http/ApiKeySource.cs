namespace GrafeasBridge.Delivery.Http;

/// <summary>The API key of a target, from configuration or from a file that may change while the service runs.</summary>
internal sealed class ApiKeySource(TargetOptions options)
{
    private const int MaxBytes = 4096;

    /// <exception cref="TargetException">Unauthorized, when the file gives no key.</exception>
    public async ValueTask<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.ApiKeyFile.Length == 0)
            return options.ApiKey!.Reveal();
        string key;
        try
        {
            if (new FileInfo(options.ApiKeyFile).Length > MaxBytes)
                throw Unusable($"is larger than {MaxBytes} bytes");
            key = (await File.ReadAllTextAsync(options.ApiKeyFile, cancellationToken)).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"cannot be read ({fault.GetType().Name})");
        }

        return key.Length > 0 && !key.Any(char.IsControl) ? key : throw Unusable("is empty or holds more than one line");
    }

    private TargetException Unusable(string how) =>
        new(
            DeliveryOutcome.Unauthorized,
            $"{options.Key}:ApiKeyFile '{options.ApiKeyFile}' {how}; put the API key of target '{options.Name}' there.");
}
