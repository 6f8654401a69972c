using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

internal sealed partial class FtpEndpoint
{
    /// <summary>A range is one data connection, so that ranges are long; a later attempt goes on within one, at the last byte that arrived.</summary>
    internal int RangeBytes { get; set; } = 64 * 1024 * 1024;

    private bool goesOn = true;

    public IReadOnlyList<string> HashNames => [.. manners.Hashes.Select(hash => hash.Name)];

    public long RangedFromBytes => goesOn && manners.HasSize ? RangeBytes : long.MaxValue;

    public async ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var reply = await AskAsync("DELE", path, cancellationToken).ConfigureAwait(false);
        if (reply.IsDone)
        {
            return;
        }

        var there = await FindAsync(path, cancellationToken).ConfigureAwait(false);
        if (there is not null)
        {
            throw there.Kind == EntryKind.Folder
                ? new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, not a file.")
                : Refused(reply, path, "deleted");
        }
    }

    public async ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        if (path.Length == 0)
        {
            await MakeRootAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var reply = await AskAsync("MKD", path, cancellationToken).ConfigureAwait(false);
        if (reply.IsDone || await IsFolderAsync(path, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var there = await FindAsync(path, cancellationToken).ConfigureAwait(false);
        if (there is null)
        {
            await CreateFolderAsync(EndpointPath.ParentOf(path), cancellationToken).ConfigureAwait(false);
            reply = await AskAsync("MKD", path, cancellationToken).ConfigureAwait(false);
            if (reply.IsDone || await IsFolderAsync(path, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }

        if (there is { Kind: EntryKind.Folder })
        {
            // Somebody else made it meanwhile.
            return;
        }

        throw there is null
            ? NameBytes.Count(EndpointPath.NameOf(path)) > Capabilities.NameBytesMax
                ? new EndpointException(EndpointError.BadPath, $"The name of '{PlaceOf(path)}' is longer than {Capabilities.NameBytesMax} bytes.")
                : Refused(reply, path, "made")
            : new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(path)}' is there and is not a folder.");
    }

    public async ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var reply = await AskAsync("RMD", path, cancellationToken).ConfigureAwait(false);
        if (reply.IsDone || await FindAsync(path, cancellationToken).ConfigureAwait(false) is not { } there)
        {
            return;
        }

        if (there.Kind != EntryKind.Folder)
        {
            throw new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(path)}' is not a folder.");
        }

        await foreach (var inside in ListAsync(path, cancellationToken).ConfigureAwait(false))
        {
            throw new EndpointException(
                EndpointError.FolderNotEmpty, $"The folder '{PlaceOf(path)}' is not empty: it holds '{EndpointPath.Printable(inside.Name)}'.");
        }

        throw Refused(reply, path, "deleted");
    }

    public async ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(source);
        EndpointPath.CheckBelowRoot(target);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        if (source != target)
        {
            Text.Write(PathOf(target), new System.Buffers.ArrayBufferWriter<byte>());
            cancellationToken.ThrowIfCancellationRequested();
            if ((await RenameAsync(PathOf(source), PathOf(target)).ConfigureAwait(false)) is { IsDone: false } refused)
            {
                await MoveAgainAsync(source, target, refused, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (await FindAsync(source, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{PlaceOf(source)}'.");
        }
    }

    public async ValueTask SetModifiedAtAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        if (manners.TimeSetting == FtpTimeSetting.None)
        {
            throw new EndpointException(EndpointError.NotSupported, $"'{Address}' does not take modification times.");
        }

        var reply = (await AskAsync(() => [FtpUpload.TimeCommand(manners, modifiedAt, PathOf(path))], cancellationToken).ConfigureAwait(false))[0];
        if (!reply.IsDone || reply.Code == 202)
        {
            throw await FindAsync(path, cancellationToken).ConfigureAwait(false) is null
                ? new EndpointException(EndpointError.NotFound, $"There is nothing at '{PlaceOf(path)}'.")
                : Refused(reply, path, "given a time");
        }
    }

    public async ValueTask<string> HashAsync(string path, string hashName, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        var verb = manners.Hashes.FirstOrDefault(hash => hash.Name == hashName).Verb ?? throw new EndpointException(
            EndpointError.NotSupported, $"The server of '{Address}' does not compute the hash '{EndpointPath.Printable(hashName)}'.");
        var place = PathOf(path);
        FtpCommand[] Ask() => verb.StartsWith("HASH ", StringComparison.Ordinal) ? [new("OPTS " + verb), new("HASH", place)] : [new(verb, place)];
        var reply = (await AskAsync(Ask, cancellationToken).ConfigureAwait(false))[^1];
        if (reply.IsDone && FtpHashes.DigitsIn(string.Join(' ', reply.Lines), hashName) is { } digits)
        {
            return digits;
        }

        return await FindAsync(path, cancellationToken).ConfigureAwait(false) switch
        {
            null => throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{PlaceOf(path)}'."),

            // ProFTPD hashes no empty file.
            { Kind: EntryKind.File, Size: 0 } => FtpHashes.OfNothing(hashName),
            _ => throw Refused(reply, path, "hashed"),
        };
    }

    public async ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        FtpUpload upload = new(this, path, options);
        var length = options.Length ?? throw new ArgumentException("The length is always given.", nameof(options));
        return new FtpRangedWrite(this, sessions, upload, length, await AdoptAsync(upload, length, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// The server did not append. True when there is another way: REST and STOR. Where that is refused too, large files go in one piece from now on.
    /// </summary>
    internal bool OnGoingOnRefused()
    {
        goesOn = manners is { Appends: true, HasRestart: true };
        manners.Appends = false;
        return goesOn;
    }

    /// <summary>How many bytes of an earlier attempt stand under the new partial name.</summary>
    private async ValueTask<long> AdoptAsync(FtpUpload upload, long length, CancellationToken cancellationToken)
    {
        if (upload.Options.EarlierPartialName is not { } earlier || !EndpointPath.IsName(earlier))
        {
            return 0;
        }

        var place = EndpointPath.Join(EndpointPath.ParentOf(upload.Path), earlier);
        if (await SizeAsync(place, cancellationToken).ConfigureAwait(false) is not { } size)
        {
            return 0;
        }

        if (size > length)
        {
            await RemoveAsync(PathOf(place)).ConfigureAwait(false);
            return 0;
        }

        return earlier == upload.Options.PartialName || (await RenameAsync(PathOf(place), upload.PartialPath).ConfigureAwait(false)).IsDone ? size : 0;
    }

    /// <summary>The server refused at first: because the source is not there, or because it does not rename over a file.</summary>
    private async ValueTask MoveAgainAsync(string source, string target, FtpReply refused, CancellationToken cancellationToken)
    {
        if (await FindAsync(source, cancellationToken).ConfigureAwait(false) is not { } moved)
        {
            throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{PlaceOf(source)}'.");
        }

        var there = await FindAsync(target, cancellationToken).ConfigureAwait(false);
        if (moved.Kind != EntryKind.Folder && there is { Kind: EntryKind.File or EntryKind.SymbolicLink })
        {
            await ReplaceAsync(PathOf(source), target, refused, keepsSource: true).ConfigureAwait(false);
            return;
        }

        if (there is null && !await IsFolderAsync(EndpointPath.ParentOf(target), cancellationToken).ConfigureAwait(false))
        {
            throw new EndpointException(EndpointError.NotFound, $"There is no folder for '{PlaceOf(target)}'.");
        }

        throw there is { Kind: EntryKind.Folder }
            ? new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(target)}' is a folder, so that nothing can take its place.")
            : Refused(refused, source, "renamed");
    }

    /// <summary>Makes the root itself and all above it.</summary>
    private async ValueTask MakeRootAsync(CancellationToken cancellationToken)
    {
        if (await IsFolderAsync("", cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var place = PathOf("");
        FtpReply? reply = null;
        for (var end = 0; end < place.Length;)
        {
            var slash = place.IndexOf('/', end + 1);
            end = slash < 0 ? place.Length : slash;
            var folder = place[..end];
            reply = (await AskAsync(() => [new FtpCommand("MKD", folder)], cancellationToken).ConfigureAwait(false))[0];
        }

        if (!await IsFolderAsync("", cancellationToken).ConfigureAwait(false))
        {
            throw reply is null || FtpErrors.KindOf(reply) is EndpointError.Other or EndpointError.AlreadyExists or EndpointError.NotAFolder
                ? new EndpointException(EndpointError.NotAFolder, $"'{Address}' is no folder, and cannot be made one.")
                : FtpErrors.Of(manners, reply, Address, "made");
        }
    }
}
