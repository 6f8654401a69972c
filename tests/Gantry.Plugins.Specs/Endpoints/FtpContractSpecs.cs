using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The contract over FTP; a name with a line end or the byte 0xFF cannot be sent.</summary>
public abstract class FtpContract(SharedFtpServers shared, FtpMake make) : EndpointContract
{
    protected override bool HoldsName(string name) => !name.Contains('\n', StringComparison.Ordinal) && !name.Contains('\uDCFF', StringComparison.Ordinal);

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var place = await shared.GetAsync(make);
        var endpoint = (FtpEndpoint)place.Open(place.NewFolder().AtServer);

        // As many ranges, and fewer bytes.
        endpoint.RangeBytes = 1024 * 1024;
        return endpoint;
    }
}

/// <summary>No MLSD, no MFMT: LIST and MDTM.</summary>
public sealed class VsftpdContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.Vsftpd);

/// <summary>Every data connection has to resume the TLS session of its control connection.</summary>
public sealed class VsftpdExplicitTlsContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.VsftpdExplicit);

public sealed class VsftpdImplicitTlsContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.VsftpdImplicit);

/// <summary>It reads on while it transfers.</summary>
public sealed class PyftpdlibContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.Pyftpdlib)
{
    protected override bool KeepsEveryByteInNames => false;
}

public sealed class PyftpdlibTlsContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.PyftpdlibExplicit)
{
    protected override bool KeepsEveryByteInNames => false;
}

/// <summary>It makes no folder with a '*' in its name.</summary>
public sealed class ProftpdContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.Proftpd)
{
    protected override bool HoldsName(string name) => base.HoldsName(name) && !name.Contains('*', StringComparison.Ordinal);
}

/// <summary>It would put '_' in place of control characters and of spaces at an end, and takes no '\'.</summary>
public sealed class PureFtpdContractSpecs(SharedFtpServers shared) : FtpContract(shared, FtpMake.PureFtpd)
{
    protected override bool HoldsName(string name) =>
        base.HoldsName(name) && !name.Contains('\\', StringComparison.Ordinal) && !name.Any(char.IsControl) && !name.EndsWith(' ');
}
