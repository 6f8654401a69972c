using Gantry.Hub.Database;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

public sealed class PoolSizesSpecs
{
    [Theory]
    [InlineData(30)]
    [InlineData(97)]
    [InlineData(197)]
    [InlineData(5000)]
    public void Two_hubs_and_a_person_fit_on_one_server(int connectionsMax)
    {
        var sizes = PoolSizes.ShareOf(connectionsMax);

        sizes.Hub.ShouldBeInRange(2, PoolSizes.Whole.Hub);
        sizes.Worker.ShouldBeInRange(2, PoolSizes.Whole.Worker);
        (2 * (sizes.Hub + sizes.Worker + (PoolSizes.Standing / 2))).ShouldBeLessThan(connectionsMax);
    }

    [Fact]
    public void A_server_that_takes_hundreds_gives_a_hub_all_it_can_use() => PoolSizes.ShareOf(300).ShouldBe(PoolSizes.Whole);
}
