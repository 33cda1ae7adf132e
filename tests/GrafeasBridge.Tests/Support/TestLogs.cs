using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Support;

/// <summary>
/// Collects what the code under test logs. Dispose fails the test when an error was logged that the test did not expect.
/// </summary>
public sealed class TestLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> entries = new();
    private readonly ConcurrentBag<Func<Entry, bool>> expected = [];

    public sealed record Entry(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception);

    public IReadOnlyCollection<Entry> Entries => entries;

    /// <summary>Says that errors like this are part of the test.</summary>
    public void Expect(Func<Entry, bool> matches) => expected.Add(matches);

    public ILoggerFactory Factory() => LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(this));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        var surprises = entries.Where(e => e.Level >= LogLevel.Error && !expected.Any(matches => matches(e))).ToList();
        Assert.True(
            surprises.Count == 0,
            "unexpected errors in the log:\n" + string.Join('\n', surprises.Select(e => $"{e.Category} {e.Event}: {e.Message}\n{e.Exception}")));
    }

    private sealed class Logger(TestLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.entries.Enqueue(new Entry(category, logLevel, eventId, formatter(state, exception), exception));
    }
}
