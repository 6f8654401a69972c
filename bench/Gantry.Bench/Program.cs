using Gantry.Bench;
using Gantry.Bench.Engine;
using Gantry.Bench.Pages;
using Gantry.Bench.S3;
using Gantry.Bench.Vault;

return args switch
{
    ["proxy", .. var rest] => await ProxyCommand.RunAsync(rest),
    ["ftp-proxy", .. var rest] => await ProxyCommand.RunAsync(rest, isFtp: true),
    ["engine", .. { Length: >= 2 } rest] => await EngineCommand.RunAsync(rest),
    ["s3", .. var rest] => await S3Command.RunAsync(rest),
    ["redact"] => RedactCommand.Run(),
    ["secrets"] => await SecretsCommand.RunAsync(),
    ["pages", .. { Length: 3 } rest] => await PagesCommand.RunAsync(rest),
    ["vault", .. { Length: 2 } rest] => await VaultCommand.RunAsync(rest),
    ["providers", var program, var runs] => await ProvidersCommand.RunAsync(program, int.Parse(runs)),
    ["providers-child", var what] => ProvidersCommand.Child(what),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Gantry.Bench proxy|ftp-proxy LISTEN-PORT TARGET-PORT RTT-MS\n       Gantry.Bench engine HUB.dll RUNS [w2…w9]…\n       Gantry.Bench s3 PORT\n       Gantry.Bench redact\n       Gantry.Bench secrets\n       Gantry.Bench vault HUB.dll RUNS\n       Gantry.Bench pages HUB.dll RUNS ROWS\n       Gantry.Bench providers BENCH.dll RUNS");
    return 2;
}
