using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Hub.Database;

namespace Gantry.Hub.Accounts;

/// <summary>What may be reached although it is not of the public internet: what the hub's setting allows to all, and the rules of one workspace.</summary>
/// <param name="hubRules">The setting egress_allow.</param>
/// <param name="database">Where the rules of workspaces rest.</param>
/// <param name="clock">For how long they are remembered.</param>
internal sealed class WorkspaceEgress(IReadOnlyList<string> hubRules, HubDatabase database, TimeProvider clock)
{
    private const int RememberedMax = 10_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Actor, Answer> remembered = [];
    private readonly Lock gate = new();

    /// <exception cref="HubStartException">One of them is no rule.</exception>
    public static IReadOnlyList<string> ReadSetting(string? text)
    {
        string[] rules = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        try
        {
            _ = new EgressRules(rules);
            return rules;
        }
        catch (FormatException wrong)
        {
            throw new HubStartException($"The setting egress_allow is not right: {wrong.Message}", wrong);
        }
    }

    /// <summary>As rules for <see cref="EgressRules"/>. Remembered for some seconds, since every execution asks; of many that ask at once one looks.</summary>
    public async ValueTask<IReadOnlyList<string>> AllowedAsync(Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        Answer answer;
        lock (gate)
        {
            if (!remembered.TryGetValue(actor, out answer!) || answer.Rules.IsFaulted || clock.GetElapsedTime(answer.At, now) >= RememberFor)
            {
                if (remembered.Count >= RememberedMax) remembered.Clear();
                remembered[actor] = answer = new Answer(Task.Run(() => ReadAsync(actor), CancellationToken.None), now);
            }
        }

        return await answer.Rules.WaitAsync(cancellationToken);
    }

    /// <summary>Of the addresses behind a name the one to dial: exactly that one, for the name may lead elsewhere a moment later.</summary>
    /// <exception cref="ProviderException">There is none, or none that may be reached.</exception>
    public async ValueTask<IPAddress> AddressOfAsync(Actor actor, string host, int port, CancellationToken cancellationToken) =>
        (await new EgressRules(await AllowedAsync(actor, cancellationToken)).AddressesOfAsync(host, port, cancellationToken))[0];

    /// <summary>The same choice as <see cref="EndpointContext.AddressOf"/> makes it.</summary>
    public Func<string, int, CancellationToken, ValueTask<IPAddress>> ForEndpoints(Actor actor) => async (host, port, cancellationToken) =>
    {
        try
        {
            return await AddressOfAsync(actor, host, port, cancellationToken);
        }
        catch (ProviderException refused)
        {
            throw new EndpointException(refused.Error.IsTransient ? EndpointError.Disconnected : EndpointError.BadSetting, refused.Message, refused.Error.IsTransient, refused);
        }
        catch (SocketException unknown)
        {
            throw new EndpointException(EndpointError.Disconnected, $"The name '{EndpointPath.Printable(host)}' cannot be found: {unknown.Message}.", isTransient: true, unknown);
        }
    };

    public void Forget()
    {
        lock (gate) remembered.Clear();
    }

    private async Task<IReadOnlyList<string>> ReadAsync(Actor actor)
    {
        await using var session = await database.OpenAsync(actor, CancellationToken.None);
        return [.. hubRules, .. await EgressRuleStore.ListAsync(session, CancellationToken.None)];
    }

    private sealed record Answer(Task<IReadOnlyList<string>> Rules, long At);
}
