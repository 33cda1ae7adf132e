using Microsoft.Extensions.Options;

namespace GrafeasBridge.Receipts;

internal static class ReceiptsServices
{
    public static IServiceCollection AddReceipts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReceiptsOptions>().Bind(configuration.GetSection(ReceiptsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReceiptsOptions>, ReceiptsOptionsValidator>();
        services.AddSingleton<IValidateOptions<ReceiptsOptions>, ReceiptsOptionsRules>();
        return services
            .AddSingleton<SigningKeyStore>()
            .AddSingleton<ReceiptIssuer>()
            .AddSingleton<ReplyReceipts>()
            .AddHostedService<KeyRotation>();
    }
}
