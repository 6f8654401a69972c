using Gantry.Cli;
using Gantry.Cli.CommandLine;

return await CommandProgram.RunAsync(AllCommands.Root, args);
