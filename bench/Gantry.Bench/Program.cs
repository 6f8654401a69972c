using Gantry.Bench;

return args switch
{
    ["proxy", .. var rest] => await ProxyCommand.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Gantry.Bench proxy LISTEN-PORT TARGET-PORT RTT-MS");
    return 2;
}
