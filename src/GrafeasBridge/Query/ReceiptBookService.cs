using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Receipts;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace GrafeasBridge.Query;

/// <summary>8: receipts and proofs, asked for later.</summary>
internal sealed class ReceiptBookService(IBridgeStore store, ReceiptIssuer issuer, SigningKeyStore keys, VersionLookup versions)
    : ReceiptBook.ReceiptBookBase
{
    public override async Task<Receipt> GetReceipt(GetReceiptRequest request, ServerCallContext context)
    {
        var name = ResourceNames.Occurrence(request.Name, "name");
        context.Require(Role.Read, name.Project);
        var (creation, message) = await store.FindCreationAsync(name.Project, name.Id, context.CancellationToken)
            ?? throw Errors.NotFound("occurrence", request.Name);
        return issuer.Of(creation, message.Content) ?? throw Errors.NotNow(
            "The occurrence was stored before receipts were kept, and updated since: its first content is no longer known.");
    }

    public override async Task<DeliveryProof> GetDeliveryProof(GetDeliveryProofRequest request, ServerCallContext context)
    {
        var caller = context.RequireSomewhere(Role.Read);
        var version = VersionLookup.Coordinates(request.Target, request.Subject, request.Repo, request.Package, request.Version);
        var row = await versions.VisibleAsync(caller, request.Target, version, context.CancellationToken);
        var delivered = await store.FindDeliveredAsync(request.Target, version, context.CancellationToken);
        return delivered is null ? throw Errors.NotNow(WhyNot(row)) : issuer.Of(request.Target, version, delivered);
    }

    // Whoever checks a receipt needs no account here, and a public key tells nothing else.
    [AllowAnonymous]
    public override Task<ReceiptKeys> ListReceiptKeys(ListReceiptKeysRequest request, ServerCallContext context) =>
        Task.FromResult(new ReceiptKeys { Keys = { keys.Keys.Select(SigningKeys.Served) } });

    public override async Task<ReceiptKey> RotateReceiptKey(RotateReceiptKeyRequest request, ServerCallContext context)
    {
        context.RequireEverywhere(Role.Operate);
        if (keys.IsFromFile)
            throw Errors.NotNow("The key is that of Receipts:KeyFile. Put another one there and start the bridge again.");
        if (keys.Keys.Count >= SigningKeyStore.MaxKeys)
            throw Errors.NotNow($"{keys.Keys.Count} keys are kept; at most {SigningKeyStore.MaxKeys} are, since old receipts need theirs.");
        return SigningKeys.Served(await keys.RotateAsync(context.CancellationToken));
    }

    private static string WhyNot(VersionRow row) => row.VerifiedTime is null
        ? $"The version has not been read back at '{row.Target}' yet; it is {row.State.ToString().ToLowerInvariant()}."
        : "The version was read back before proofs were kept. Redeliver it, and it is read back again.";
}
