namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Inside another exception: the server has as many connections as it takes, so that fewer are to be used.</summary>
internal sealed class FtpCrowdedException : Exception;
