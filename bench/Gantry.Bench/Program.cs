using Gantry.Bench;
using Gantry.Bench.Engine;

return args switch
{
    ["proxy", .. var rest] => await ProxyCommand.RunAsync(rest),
    ["engine", .. { Length: >= 2 } rest] => await EngineCommand.RunAsync(rest),
    ["redact"] => RedactCommand.Run(),
    ["secrets"] => await SecretsCommand.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Gantry.Bench proxy LISTEN-PORT TARGET-PORT RTT-MS\n       Gantry.Bench engine HUB.dll RUNS [w2|w3|w5|w6]…\n       Gantry.Bench redact\n       Gantry.Bench secrets");
    return 2;
}
