namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>The server said no to a transfer; what that means is found out where it was asked.</summary>
internal sealed class FtpRefusedException(FtpReply reply) : Exception
{
    public FtpReply Reply { get; } = reply;
}
