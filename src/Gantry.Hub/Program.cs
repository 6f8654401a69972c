using Gantry.Hub;
using Gantry.Hub.Operations;

return await HubProgram.RunAsync(args, HubSlices.Add, HubSlices.Map);
