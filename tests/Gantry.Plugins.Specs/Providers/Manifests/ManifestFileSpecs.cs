using Gantry.Engine.Providers.Manifests;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>All manifests of providers/, as files.</summary>
public sealed class ManifestFileSpecs
{
    [Fact]
    public void Every_manifest_is_read_without_a_finding() =>
        AllManifests.Ids.SelectMany(id => ManifestReader.Check(AllManifests.Text(id), id + ".yaml")).Select(finding => finding.ToString()).ShouldBeEmpty();

    [Fact]
    public void What_the_catalogue_shows_without_reading_is_what_the_manifest_says()
    {
        foreach (var id in AllManifests.Ids)
        {
            var summary = ManifestSummary.Scan(AllManifests.Text(id)).ShouldNotBeNull($"{id}.yaml is not written as the others are");

            var read = ManifestSummary.Of(AllManifests.Read(id));

            summary.Actions.ShouldBe(read.Actions, id);
            (summary with { Actions = read.Actions }).ShouldBe(read, id);
        }
    }

    [Fact]
    public void Each_is_in_the_catalogue_once()
    {
        var ids = AllPlugins.Providers.All.Select(provider => provider.Id).ToList();

        ids.ShouldBe(ids.Distinct());
        AllManifests.Ids.Except(ids).ShouldBeEmpty();
    }
}
