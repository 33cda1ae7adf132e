namespace GrafeasBridge.Delivery.Drift;

/// <summary>Every way in which a drift check of a settled version can end.</summary>
internal enum CheckOutcome
{
    /// <summary>The target carries what was verified.</summary>
    Same,

    /// <summary>It carries something else.</summary>
    Drifted,

    /// <summary>It says that the version is not there; one such answer may be a lie.</summary>
    Missing,

    /// <summary>It said so twice.</summary>
    RemovedAtTarget,

    /// <summary>It did not answer the question: the check is still due.</summary>
    Unanswered,

    /// <summary>The version changed or was delivered meanwhile, so that the finding is worth nothing.</summary>
    Overtaken,

    /// <summary>A fault of the bridge; the log has the cause.</summary>
    Failed,
}
