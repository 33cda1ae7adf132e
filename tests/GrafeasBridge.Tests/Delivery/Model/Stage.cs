using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Store;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery.Model;

public abstract partial class ConformanceContract
{
    /// <summary>One version, the target, the two workers, and who looks for drift.</summary>
    private sealed class Stage(ConformanceContract house, string name, string occurrence) : IAsyncDisposable
    {
        private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
        private static readonly TimeSpan Never = TimeSpan.FromDays(3650);
        private static readonly Microsoft.Extensions.Options.IOptions<DriftOptions> Drift =
            Microsoft.Extensions.Options.Options.Create(new DriftOptions());
        private static readonly DeliveryOptions Options = new() { Horizon = TimeSpan.FromDays(30), DebounceWindow = TimeSpan.Zero, ParkAfterCrashes = int.MaxValue };

        private readonly Shelf shelf = new();
        private readonly Dictionary<Holder, (Puppet Puppet, ClaimedVersion? Claimed, At At)> working = [];
        private readonly Dictionary<Holder, CheckOutcome> found = [];
        private readonly List<Puppet> dead = [];
        private readonly PausedClock clock = new(house.Clock);
        private int updates;

        public static async Task<Stage> OpenAsync(ConformanceContract house, string name)
        {
            var first = house.Occurrence(Names(Web(name))) with { Content = Content(0) };
            await house.AddAsync(first);
            return new Stage(house, name, first.Id);
        }

        public Task MakeAsync(Step step, bool parks) => step.Verb switch
        {
            Verb.Claim => ClaimAsync(step.Who),
            Verb.Release => ReleaseAsync(step.Who),
            Verb.Crash => Task.FromResult(Crash(step.Who)),
            Verb.Update => UpdateAsync(),
            Verb.Redeliver => house.Store.RedeliverAsync(Target, Web(name), Stop),
            Verb.WaitEnds or Verb.LeaseEnds => ForwardAsync(),
            Verb.BecomesSuspect => SuspectAsync(),
            Verb.CheckComes => CheckComesAsync(),
            Verb.KeptWriteLands => Task.Run(shelf.Land),
            Verb.ListToCheck => ListToCheckAsync(step.Who),
            Verb.RecordRefused => RefuseAsync(step.Who),
            _ => GoOnAsync(step, parks),
        };

        /// <returns>How the real state differs from the model's; null when it does not.</returns>
        public async Task<string?> DifferenceAsync(ModelState model)
        {
            var row = (await house.Store.FindVersionAsync(Target, Web(name), Stop))!;
            var due = await house.Store.NextDueAsync(Target, Stop) is { } time && time <= house.Clock.GetUtcNow();
            var expected = (model.Row.State, (long)model.Row.Revision, (long)model.Row.Settled, model.Row.Attempts, model.Row.Due);
            var real = (row.State, row.Revision, row.SettledRevision, row.Attempts, due);
            if (expected != real)
                return $"The row (state, revision, settled, attempts, due) is {real}; the model says {expected}.";
            if (shelf.Carried != model.Target)
                return $"The target carries {shelf.Carried}; the model says {model.Target}.";
            var check = await CheckAsync(TimeSpan.Zero) is null ? Check.Never : await CheckAsync(Never) is null ? Check.Later : Check.Due;
            if (check != model.Row.Check)
                return $"The row is looked at {check}; the model says {model.Row.Check}.";
            return Difference(Holder.Worker1, model) ?? Difference(Holder.Worker2, model)
                ?? Difference(Holder.Checker1, model.C1) ?? Difference(Holder.Checker2, model.C2);
        }

        /// <summary>Leaves nothing behind that the next walk would claim.</summary>
        public async ValueTask DisposeAsync()
        {
            foreach (var puppet in dead.Concat(working.Values.Select(w => w.Puppet)))
            {
                await puppet.StopAsync();
                puppet.Dispose();
            }

            while (await house.Store.NextDueAsync(Target, Stop) is { } due)
            {
                Forward(due);
                await house.VerifyAllAsync();
            }

            if (await CheckAsync(TimeSpan.Zero) is { } resting)
                Assert.True(await house.Store.RecordCheckAsync(resting, new CheckResult(DeliveryState.Verified, "", "", null), Stop));
        }

        private string? Difference(Holder who, ModelState model)
        {
            var expected = model[who].At;
            if (!working.TryGetValue(who, out var real))
                return expected == At.Idle ? null : $"{who} is idle; the model says {expected}.";
            if (real.At != expected)
                return $"{who} stands before {real.At}; the model says {expected}.";
            // Who holds nothing else in memory is compared where it counts.
            var owned = Words(real.Claimed!.Owned);
            return expected is At.Claimed && (real.Claimed.Revision, owned) != (model[who].Revision, model[who].Owned)
                ? $"{who} claimed revision {real.Claimed.Revision}, owned [{owned}]."
                : null;
        }

        private string? Difference(Holder who, At expected)
        {
            var at = working.TryGetValue(who, out var real) ? real.At : At.Idle;
            var same = expected == At.Overtaken ? at != At.Idle : at == expected;
            return same ? null : $"{who} stands before {at}; the model says {expected}.";
        }

        private async Task ClaimAsync(Holder who)
        {
            var claimed = Assert.Single(await house.Store.ClaimAsync(Target, 2, Lease, Stop));
            var puppet = new Puppet(shelf, At.Mapped);
            var at = await puppet.StartAsync(house.Store, Options, clock, (store, target, abandon) => new VersionReconciler(
                store, new LineMapping(), Microsoft.Extensions.Options.Options.Create(Options), Drift, new DeliveryMetrics(clock), clock,
                house.Factory.CreateLogger<VersionReconciler>()).ReconcileAsync(target, claimed, abandon));
            working[who] = (puppet, claimed, at);
        }

        private async Task ListToCheckAsync(Holder who)
        {
            var resting = (await CheckAsync(Never))!;
            var puppet = new Puppet(shelf, At.Listed);
            var at = await puppet.StartAsync(house.Store, Options, clock, async (store, target, stopping) =>
            {
                var checker = new DriftChecker(
                    store, new LineMapping(), Drift, Microsoft.Extensions.Options.Options.Create(Options), new DeliveryMetrics(clock), clock,
                    house.Factory.CreateLogger<DriftChecker>());
                found[who] = await checker.CheckAsync(target, new RateLimiterBudget(target.RateLimiter), resting, stopping);
            });
            working[who] = (puppet, null, at);
        }

        private async Task RefuseAsync(Holder who)
        {
            while (working.TryGetValue(who, out var looking))
                await GoOnAsync(new Step(looking.At == At.Listed ? Verb.Look : Verb.RecordCheck, who, false), parks: false);
            Assert.Equal(CheckOutcome.Overtaken, found[who]);
        }

        /// <returns>The version while it rests and its look is due, or would be due after <paramref name="longest"/>.</returns>
        private async Task<RestingVersion?> CheckAsync(TimeSpan longest) =>
            (await house.Store.ListToCheckAsync(Target, longest, 2, Stop)).SingleOrDefault();

        private async Task CheckComesAsync() => Forward((await CheckAsync(TimeSpan.Zero))!.CheckAt);

        private async Task SuspectAsync()
        {
            var claim = await house.Store.ClaimAsync(Target, new ClaimTerms(1, 0, Lease), Stop);
            Assert.Equal((0, true), (claim.Versions.Count, claim.PoisonCandidatesWait));
        }

        private async Task GoOnAsync(Step step, bool parks)
        {
            var (puppet, claimed, _) = working[step.Who];
            puppet.FailsForGood = parks;
            var at = await puppet.GoOnAsync(step.Verb);
            working[step.Who] = (puppet, claimed, at);
            if (at == At.Idle && working.Remove(step.Who))
                puppet.Dispose();
        }

        private async Task ReleaseAsync(Holder who)
        {
            working.Remove(who, out var worker);
            await worker.Puppet.StopAsync();
            worker.Puppet.Dispose();
            // As TargetLoop does when it has to stop, or the store failed.
            await house.Store.ReleaseAsync([worker.Claimed!], Stop);
        }

        private bool Crash(Holder who)
        {
            dead.Add(working[who].Puppet);
            return working.Remove(who);
        }

        private Task<StoredMessage> UpdateAsync()
        {
            updates++;
            return house.Store.UpdateOccurrenceAsync(
                "ci", occurrence, _ => house.Occurrence(Names(Web(name))) with { Id = occurrence, Content = Content(updates) }, Stop);
        }

        private async Task ForwardAsync() => Forward((await house.Store.NextDueAsync(Target, Stop))!.Value);

        private void Forward(DateTimeOffset time)
        {
            if (time > house.Clock.GetUtcNow())
                house.Clock.SetUtcNow(time);
        }

        private static byte[] Content(int updates)
        {
            var wanted = Carried.Wanted(updates);
            return new Occurrence { Remediation = $"string a={wanted.A}\n{(wanted.B ? "string b=1" : "")}" }.ToByteArray();
        }

        private static Model.Names Words(IEnumerable<string> names) =>
            names.Aggregate(Model.Names.None, (all, name) => all | Enum.Parse<Model.Names>(name, ignoreCase: true));
    }

    /// <summary>
    /// A worker's clock. Nothing fires by the house's time: a paused worker does not notice how it passes. And it runs ahead, so
    /// that a wait is still to come when the lease ends between the end of a try and its settling, as in the model.
    /// </summary>
    private sealed class PausedClock(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + TimeSpan.FromMinutes(10);
    }
}
