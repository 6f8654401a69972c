using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>
/// Another clock than this machine's for one program (libfaketime). The times of files stay what they are on the disk: who plays a file that was made at such a server gives it
/// that server's time.
/// </summary>
internal static class OtherClock
{
    public static void Set(ProcessStartInfo start, TimeSpan off)
    {
        if (off == TimeSpan.Zero)
        {
            return;
        }

        var library = Directory.GetFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).FirstOrDefault();
        SshServer.SkipOrFail(library is not null, "libfaketime is not installed (apt-get install libfaketime).");
        start.Environment["LD_PRELOAD"] = library;
        start.Environment["FAKETIME"] = ((long)off.TotalSeconds).ToString("+0;-0", CultureInfo.InvariantCulture);
        start.Environment["NO_FAKE_STAT"] = "1";

        // How long something takes stays true.
        start.Environment["DONT_FAKE_MONOTONIC"] = "1";
    }
}
