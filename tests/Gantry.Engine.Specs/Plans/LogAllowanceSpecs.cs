using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

[Collection(nameof(MeasuresMemory))]
public sealed class LogAllowanceSpecs
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void What_is_left_out_of_a_long_log_is_said_once()
    {
        var journal = new MemoryJournal();

        Write(journal, StepLogLevel.Info, 1000, 100 * Megabyte);

        journal.Lines.Sum(line => (long)line.Message.Length).ShouldBeInRange(9 * Megabyte, 10 * Megabyte);
        journal.Lines[^1].Message.ShouldStartWith("The log of this execution is longer than the 10 MB that are kept: what follows is left out.");
        journal.Lines.Count(line => line.Level == StepLogLevel.Warning).ShouldBe(1);
    }

    [Fact]
    public void Warnings_and_errors_are_kept_up_to_twice_of_that()
    {
        var journal = new MemoryJournal();

        Write(journal, StepLogLevel.Info, 1000, 11 * Megabyte);
        Write(journal, StepLogLevel.Error, 1000, 100 * Megabyte);

        journal.Lines.Where(line => line.Level == StepLogLevel.Error).Sum(line => (long)line.Message.Length).ShouldBeInRange(9 * Megabyte, 10 * Megabyte);
    }

    [Fact]
    public void Lines_that_say_nothing_come_to_an_end_as_well()
    {
        var journal = new MemoryJournal();
        var line = NewLine(StepLogLevel.Info, "");

        for (var count = 0; count < 700_000; count++)
        {
            journal.Write(line);
        }

        journal.Lines.Count.ShouldBe((10 * 1024 * 1024 / 16) + 1);
    }

    [Fact]
    public void A_line_is_shortened_and_large_fields_are_left_out()
    {
        var journal = new MemoryJournal();

        journal.Write(NewLine(StepLogLevel.Info, new string('x', 40_000)) with { Fields = JsonSerializer.SerializeToElement(new { note = new string('é', 65_530) }) });
        journal.Write(NewLine(StepLogLevel.Info, new string('x', 32_768)) with { Fields = JsonSerializer.SerializeToElement(new { note = new string('z', 65_500) }) });

        journal.Lines[0].Message.ShouldBe(new string('x', 32_768) + " … (shortened)");
        journal.Lines[0].Fields!.Value.GetProperty("left_out").GetString()!.ShouldEndWith(" characters are more than are kept");
        journal.Lines[1].Message.Length.ShouldBe(32_768);
        journal.Lines[1].Fields!.Value.GetProperty("note").GetString()!.Length.ShouldBe(65_500);
    }

    [Fact]
    public void What_a_listener_has_is_not_held_besides_and_it_is_told_no_more_than_is_kept()
    {
        var told = new Told();
        var journal = new MemoryJournal(told) { KeepsLines = false };
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Write(journal, StepLogLevel.Info, 1000, 100 * Megabyte);

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(Megabyte);
        told.Characters.ShouldBeInRange(9 * Megabyte, 10 * Megabyte);
        journal.Lines.ShouldBeEmpty();
    }

    private static void Write(MemoryJournal journal, StepLogLevel level, int length, long characters)
    {
        for (var written = 0L; written < characters; written += length)
        {
            journal.Write(NewLine(level, new string('x', length)));
        }
    }

    private static ExecutionLogLine NewLine(StepLogLevel level, string message) => new() { Time = DateTimeOffset.UnixEpoch, Level = level, Message = message };

    private sealed class Told : IJournalListener
    {
        public long Characters { get; private set; }

        public void Recorded(StepAttempt attempt)
        {
        }

        public void Wrote(ExecutionLogLine line) => Characters += line.Message.Length;

        public void Reported(string stepPath, JsonElement progress)
        {
        }
    }
}
