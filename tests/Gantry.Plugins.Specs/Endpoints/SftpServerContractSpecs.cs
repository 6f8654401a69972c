using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The contract over any pair of streams: OpenSSH's server without ssh, as a relay or another program would give them.</summary>
public sealed class SftpServerContractSpecs : EndpointContract
{
    private readonly TemporaryFolder folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override ValueTask<IEndpoint> OpenAsync()
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        return ValueTask.FromResult<IEndpoint>(new SftpEndpoint(
            "sftp://streams", folder.Path, _ => Task.FromResult<SftpPipe>(ProgramPipe.Start(ProgramPipe.OpenSshServer)), TimeProvider.System, _ => { }));
    }
}

/// <summary>
/// The same against a server that knows none of OpenSSH's extensions but answers them as unsupported: replacing goes by moving aside, the
/// limits are the draft's.
/// </summary>
public sealed class SftpPlainServerContractSpecs : EndpointContract
{
    private readonly TemporaryFolder folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override ValueTask<IEndpoint> OpenAsync()
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        return ValueTask.FromResult<IEndpoint>(new SftpEndpoint(
            "sftp://plain",
            folder.Path,
            _ => Task.FromResult<SftpPipe>(ProgramPipe.Start(ProgramPipe.OpenSshServer, [], stream => new PlainGreetingStream(stream), stream => stream)),
            TimeProvider.System,
            _ => { }));
    }

    /// <summary>Cuts the extensions out of the server's greeting.</summary>
    private sealed class PlainGreetingStream(Stream inner) : AlteredReplies(inner)
    {
        private byte[] rest = [];
        private bool hasGreeted;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (!hasGreeted)
            {
                hasGreeted = true;
                var head = new byte[4];
                Inner.ReadExactly(head);
                var greeting = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head)];
                Inner.ReadExactly(greeting);
                rest = [0, 0, 0, 5, .. greeting.AsSpan(0, 5)];
            }

            if (rest.Length == 0)
            {
                return Inner.Read(buffer, offset, count);
            }

            var taken = Math.Min(count, rest.Length);
            rest.AsSpan(0, taken).CopyTo(buffer.AsSpan(offset));
            rest = rest[taken..];
            return taken;
        }
    }
}
