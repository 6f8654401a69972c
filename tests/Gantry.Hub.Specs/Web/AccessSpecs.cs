using Gantry.Hub.Database;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Web;

public sealed class AccessSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public void The_routes_that_anyone_may_use_are_the_ones_in_the_list()
    {
        var lines = Routes().Where(route => route.Metadata.GetMetadata<Access>()!.IsAnonymous).Select(NameOf).Order(StringComparer.Ordinal);

        Snapshot.Check("tests/Gantry.Hub.Specs/Web/anonymous-routes.txt", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public async Task A_route_that_does_not_say_who_may_use_it_stops_the_start()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/said", () => "").Allow(Access.Anyone);
        app.MapGet("/silent", () => "");

        Should.Throw<HubStartException>(app.CheckAccess).Message.ShouldContain("/silent");
    }

    private IEnumerable<RouteEndpoint> Routes() => hub.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static string NameOf(RouteEndpoint route) =>
        $"{string.Join(',', route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])} {RoutePatternText(route)}";

    private static string RoutePatternText(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.TrimStart('/');
}
