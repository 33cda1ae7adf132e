using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

// The contract on the store of many bridges.

[Needs(Need.Postgres)]
public sealed class PostgresGrafeasTests : GrafeasContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresOccurrenceTests : OccurrenceContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresLinkingTests : LinkingContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresVersionTests : VersionContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresVersionFilterTests : VersionFilterContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresDeliveryTests : DeliveryContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresClaimTests : ClaimContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresCheckTests : CheckContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresUploadTests : UploadContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresFilterTests : FilterContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresFilterOracleTests : Filtering.Oracle.StoreDifferentialContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresLateWriterTests : LateWriterContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresModelTests : Delivery.Model.ConformanceContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresReceiptTests : ReceiptContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}

[Needs(Need.Postgres)]
public sealed class PostgresRetentionTests : RetentionContract
{
    internal override StoreBackend NewBackend() => new PostgresBackend();
}
