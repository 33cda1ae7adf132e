namespace GrafeasBridge.Tests.Store;

// The contract on the embedded store.

public sealed class SqliteGrafeasTests : GrafeasContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteOccurrenceTests : OccurrenceContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteLinkingTests : LinkingContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteVersionTests : VersionContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteVersionFilterTests : VersionFilterContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteDeliveryTests : DeliveryContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteClaimTests : ClaimContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteCheckTests : CheckContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteUploadTests : UploadContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteFilterTests : FilterContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteFilterOracleTests : Filtering.Oracle.StoreDifferentialContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteLateWriterTests : LateWriterContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteModelTests : Delivery.Model.ConformanceContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteReceiptTests : ReceiptContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}

public sealed class SqliteRetentionTests : RetentionContract
{
    internal override StoreBackend NewBackend() => new SqliteBackend();
}
