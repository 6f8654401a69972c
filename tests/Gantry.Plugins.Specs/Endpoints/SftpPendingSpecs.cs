using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SftpPendingSpecs
{
    [Fact]
    public void A_call_is_found_once_by_its_id()
    {
        var pending = new SftpPending();
        var id = pending.Add(SftpIgnoredCall.Instance);

        pending.Remove(id + 1).ShouldBeNull();
        pending.Remove(id).ShouldBe(SftpIgnoredCall.Instance);
        pending.Remove(id).ShouldBeNull();
    }

    [Fact]
    public void Ten_thousand_wait_at_once_and_each_has_an_id_of_its_own()
    {
        var pending = new SftpPending();

        var ids = Enumerable.Range(0, 10_000).Select(_ => pending.Add(SftpIgnoredCall.Instance)).ToList();

        ids.ShouldBeUnique();
        ids.ShouldNotContain(SftpGreeting.Id);
        ids.ShouldAllBe(id => pending.Remove(id) != null);
        pending.RemoveAll().ShouldBeEmpty();
    }

    [Fact]
    public void One_that_is_never_answered_is_in_nobodys_way()
    {
        var pending = new SftpPending();
        var forgotten = pending.Add(SftpIgnoredCall.Instance);

        for (var round = 0; round < 100_000; round++)
        {
            var id = pending.Add(SftpIgnoredCall.Instance);
            id.ShouldNotBe(forgotten);
            pending.Remove(id).ShouldNotBeNull();
        }

        pending.RemoveAll().Count.ShouldBe(1);
    }
}
