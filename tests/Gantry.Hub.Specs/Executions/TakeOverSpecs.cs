using Gantry.Engine.Plans;
using Gantry.Hub.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Which results a run from the middle of a plan takes over.</summary>
public sealed class TakeOverSpecs
{
    [Theory]
    [InlineData("2", false, "0 1 1.then.0", "2 3")]
    [InlineData("1.then.0", false, "0", "1 1.then.0 1.then.1 2")]
    [InlineData("1.then.1", false, "0 1.then.0", "1 1.then.1 2 3")]
    public void In_a_list_it_is_what_comes_before(string from, bool isFailed, string taken, string made) =>
        Check("[{use: a.b}, {if: true, then: [{use: a.b}, {use: a.b}]}, {use: a.b}, {use: a.b}]", from, isFailed, taken, made);

    [Theory]
    [InlineData("1", false, "0 3", "1 2 4")]
    [InlineData("0", false, "3", "0 1 2 4")]
    [InlineData("3", false, "0 1 2", "3 4")]
    public void In_a_graph_it_is_what_does_not_need_it(string from, bool isFailed, string taken, string made) =>
        Check("[{id: a, use: a.b}, {id: b, needs: a, use: a.b}, {id: c, needs: b, use: a.b}, {id: d, use: a.b}, {id: e, needs: [c, d], use: a.b}]", from, isFailed, taken, made);

    [Theory]
    [InlineData("0.items[1].0", false, "0.items[0].0 0.items[0].1", "0.items[1].0 0.items[1].1 0.items[2].0 1")]
    [InlineData("0.items[1].1", true, "0.items[0].0 0.items[0].1 0.items[1].0 0.items[2].0 0.items[2].1", "0.items[1].1 1")]
    public void Of_an_each_it_is_the_items_before_and_of_one_that_failed_all_others(string from, bool isFailed, string taken, string made) =>
        Check("[{each: [1, 2, 3], steps: [{use: a.b}, {use: a.b}]}, {use: a.b}]", from, isFailed, taken, made);

    [Theory]
    [InlineData("0.catch.0", false, "0.try.0", "0.catch.0 0.finally.0 1")]
    [InlineData("0.finally.0", false, "0.try.0 0.catch.0", "0.finally.0 1")]
    [InlineData("0.try.0", false, "", "0.try.0 0.catch.0 0.finally.0 1")]
    public void Of_a_try_it_is_the_parts_before(string from, bool isFailed, string taken, string made) =>
        Check("[{try: [{use: a.b}], catch: [{use: a.b}], finally: [{use: a.b}]}, {use: a.b}]", from, isFailed, taken, made);

    [Fact]
    public void Of_branches_it_is_all_others()
    {
        var plan = Read("[{parallel: [[{use: a.b}], [{use: a.b}, {use: a.b}]]}]");
        var found = TakeOver.From(plan, "0.branches[1].1", isFailed: false).ShouldNotBeNull();

        (found.Has("0.branches[0].0"), found.Has("0.branches[1].0"), found.Has("0.branches[1].1")).ShouldBe((true, true, false));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("0.then.0")]
    [InlineData("x")]
    [InlineData("0.")]
    [InlineData("-1")]
    public void A_step_that_is_not_there_is_none(string from) => TakeOver.From(Read("[{use: a.b}]"), from, isFailed: false).ShouldBeNull();

    [Fact]
    public void A_graph_of_thousands_is_looked_through_once()
    {
        var plan = Read("[" + string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"{{id: s{i}, use: a.b{(i == 0 ? "" : $", needs: s{i - 1}")}}}")) + "]");
        var found = TakeOver.From(plan, "2500", isFailed: false).ShouldNotBeNull();

        Enumerable.Range(0, 5_000).Count(i => found.Has(i.ToString(System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(2_500);
    }

    private static void Check(string steps, string from, bool isFailed, string taken, string made)
    {
        var found = TakeOver.From(Read(steps), from, isFailed).ShouldNotBeNull();

        taken.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(path => !found.Has(path)).ShouldBeEmpty("taken over");
        made.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(found.Has).ShouldBeEmpty("made again");
    }

    private static Plan Read(string steps)
    {
        var document = PlanReader.Read($"steps: {steps}");
        return document.Plan ?? throw new InvalidOperationException(string.Join('\n', document.Findings));
    }
}
