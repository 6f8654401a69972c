using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// Lines of our own for small requests, each with a thread that works them off one behind the other. There are few where the server is near, and more,
/// up to the limit, where every answer takes its time: on a long way many have to be under way at once.
/// </summary>
internal sealed class S3Lines(S3Wire wire, EndpointContext context, Uri place, int linesMax) : IAsyncDisposable
{
    private const int LinesFirst = 6;
    private const int QuickAnswersLast = 16;
    private static readonly TimeSpan slow = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan lingering = TimeSpan.FromSeconds(5);

    /// <summary>On a line's thread while it tells of an answer: what is asked next from there needs nobody to be woken, since the thread comes back for it.</summary>
    [ThreadStatic]
    private static S3Lines? telling;

    // Also what threads wait on: woken, they go on at once, and none turns in a circle before it sleeps.
    private readonly Queue<S3Exchange> waiting = new();
    private readonly HashSet<S3Line> lines = [];
    private readonly CancellationTokenSource closing = new();
    private readonly Lazy<bool> isDirect = new(() => context.AddressOf is not null || HttpClient.DefaultProxy.IsBypassed(place));
    private int allowed = Math.Min(LinesFirst, linesMax);
    private int slowAnswersLeft = LinesFirst;
    private int atWork;
    private int free;
    private int served;
    private TaskCompletionSource? quiet;
    private ExceptionDispatchInfo? failure;
    private bool isClosed;

    /// <summary>False when it cannot go this way: then nothing was done with it.</summary>
    public bool TryAdd(S3Exchange exchange)
    {
        if (!isDirect.Value)
        {
            // A proxy has its own ways of being asked.
            return false;
        }

        lock (waiting)
        {
            if (isClosed)
            {
                return false;
            }

            waiting.Enqueue(exchange);
            if (telling == this)
            {
                telling = null;
            }
            else if (waiting.Count <= free)
            {
                Monitor.Pulse(waiting);
            }
            else
            {
                StartWorker();
            }
        }

        return true;
    }

    /// <summary>What is under way is broken off. Lines that rest are closed by their threads, and nobody waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (waiting)
        {
            if (isClosed)
            {
                return;
            }

            isClosed = true;
            Monitor.PulseAll(waiting);
            if (served > 0 || waiting.Count > 0)
            {
                quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                foreach (var line in lines)
                {
                    line.Abort();
                }
            }
        }

        await closing.CancelAsync().ConfigureAwait(false);
        if (quiet is not null)
        {
            await quiet.Task.ConfigureAwait(false);
        }

        closing.Dispose();
        failure?.Throw();
    }

    private void StartWorker()
    {
        if (atWork < allowed)
        {
            atWork++;
            _ = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Work()
    {
        S3Line? line = null;
        try
        {
            for (var hasServed = false; Next(hasServed) is { } exchange; hasServed = true)
            {
                Serve(exchange, ref line);
            }
        }
        catch (Exception failed)
        {
            // Whoever was to be told of an answer failed: the others are served all the same, and closing tells it.
            Leave(failed);
        }
        finally
        {
            Drop(line);
        }
    }

    private void Leave(Exception failed)
    {
        lock (waiting)
        {
            failure ??= ExceptionDispatchInfo.Capture(failed);
            atWork--;
            EndServing();
            if (waiting.Count > 0)
            {
                StartWorker();
            }
        }
    }

    private void EndServing()
    {
        if (--served == 0 && waiting.Count == 0)
        {
            quiet?.TrySetResult();
        }
    }

    /// <summary>Null when there has been none for a while, or never will be.</summary>
    /// <param name="hasServed">The caller had one before.</param>
    private S3Exchange? Next(bool hasServed)
    {
        lock (waiting)
        {
            if (hasServed)
            {
                EndServing();
            }

            for (var hasCome = true; waiting.Count == 0;)
            {
                if (isClosed || !hasCome)
                {
                    atWork--;
                    return null;
                }

                free++;
                hasCome = Monitor.Wait(waiting, lingering);
                free--;
            }

            served++;
            return waiting.Dequeue();
        }
    }

    /// <summary>Carries it over the given line, or over a new one, and leaves the line for the next one, if there is any.</summary>
    private void Serve(S3Exchange exchange, ref S3Line? line)
    {
        byte[] head;
        S3Request request;
        try
        {
            exchange.Wanted.ThrowIfCancellationRequested();
            ThrowIfClosed();
            request = exchange.Make();
            if (wire.HeadOf(request, exchange.Wanted) is not { } lead)
            {
                exchange.End(null);
                return;
            }

            head = lead;
        }
        catch (Exception failed)
        {
            // Whoever waits for it meets what it is.
            exchange.Fail(failed);
            return;
        }

        S3Answer answer;
        try
        {
            (answer, line) = Ask(exchange, request, head, line);
        }
        catch (InvalidDataException)
        {
            line = null;
            exchange.End(null);
            return;
        }
        catch (Exception failed)
        {
            line = null;
            exchange.Fail(failed);
            return;
        }

        telling = this;
        try
        {
            exchange.End(answer);
        }
        finally
        {
            telling = null;
        }
    }

    private (S3Answer Answer, S3Line? Line) Ask(S3Exchange exchange, S3Request request, byte[] head, S3Line? line)
    {
        if (line is { IsQuiet: false })
        {
            // What came unasked would be taken for the answer.
            Drop(line);
            line = null;
        }

        var isOld = line is not null;
        while (true)
        {
            var begun = context.Clock.GetTimestamp();
            try
            {
                line ??= Open(exchange);
                var answer = AskOn(line, exchange, request, head);
                Learn(context.Clock.GetElapsedTime(begun));
                if (line.IsReusable)
                {
                    return (answer, line);
                }

                Drop(line);
                return (answer, null);
            }
            catch (Exception failed) when (line is not null && failed is IOException or SocketException or AuthenticationException or InvalidOperationException)
            {
                var (hasExpired, hasHeard) = (line!.HasExpired, line.HasHeard);
                Drop(line);
                line = null;
                exchange.Wanted.ThrowIfCancellationRequested();
                ThrowIfClosed();
                if (!isOld || hasExpired || hasHeard)
                {
                    throw hasExpired ? S3Errors.TimedOut(wire.Service, exchange.About) : S3Errors.OfConnection(failed, wire.Service);
                }

                // The server had closed it while nobody asked anything.
                isOld = false;
            }
            catch
            {
                Drop(line);
                throw;
            }
        }
    }

    private static S3Answer AskOn(S3Line line, S3Exchange exchange, S3Request request, byte[] head)
    {
        using var registration = exchange.Wanted.UnsafeRegister(static line => ((S3Line)line!).Abort(), line);
        return line.Ask(head, request.Body is null ? default : request.Body.Bytes.Span, request.Method == HttpMethod.Head, exchange.Into);
    }

    private S3Line Open(S3Exchange exchange)
    {
        SocketException? refused = null;
        foreach (var address in AddressesOf(exchange.Wanted))
        {
            S3Line line = new(address.AddressFamily, S3Wire.Patience, context.Clock);
            try
            {
                lock (waiting)
                {
                    lines.Add(line);
                }

                ThrowIfClosed();
                using var registration = exchange.Wanted.UnsafeRegister(static line => ((S3Line)line!).Abort(), line);
                line.Connect(new IPEndPoint(address, place.Port), wire.Service.IsEncrypted ? S3Line.ProtectionFor(place.IdnHost, wire.Service.Authorities) : null);
                return line;
            }
            catch (SocketException failed)
            {
                Drop(line);
                refused = failed;
                exchange.Wanted.ThrowIfCancellationRequested();
            }
            catch (Exception failed) when (failed is IOException or AuthenticationException or InvalidOperationException)
            {
                var hasExpired = line.HasExpired;
                Drop(line);
                exchange.Wanted.ThrowIfCancellationRequested();
                throw hasExpired ? S3Errors.TimedOut(wire.Service, exchange.About) : S3Errors.OfConnection(failed, wire.Service);
            }
            catch
            {
                Drop(line);
                throw;
            }
        }

        throw S3Errors.OfConnection(refused ?? new SocketException((int)SocketError.HostNotFound), wire.Service);
    }

    private IPAddress[] AddressesOf(CancellationToken cancellationToken)
    {
        if (context.AddressOf is { } choose)
        {
            return [choose(place.IdnHost, place.Port, cancellationToken).AsTask().GetAwaiter().GetResult()];
        }

        if (IPAddress.TryParse(place.IdnHost, out var given))
        {
            return [given];
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
        try
        {
            return Dns.GetHostAddressesAsync(place.IdnHost, either.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfClosed();
            throw;
        }
        catch (SocketException failed)
        {
            throw S3Errors.OfConnection(failed, wire.Service);
        }
    }

    /// <summary>Where no answer of late came quickly, each further one lets one more line be under way. One that is only late now and then has other reasons.</summary>
    private void Learn(TimeSpan took)
    {
        lock (waiting)
        {
            slowAnswersLeft = took < slow ? QuickAnswersLast : Math.Max(0, slowAnswersLeft - 1);
            if (slowAnswersLeft == 0 && allowed < linesMax && waiting.Count > free)
            {
                allowed++;
                StartWorker();
            }
        }
    }

    private void Drop(S3Line? line)
    {
        if (line is not null)
        {
            lock (waiting)
            {
                lines.Remove(line);
            }

            line.Dispose();
        }
    }

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref isClosed))
        {
            throw new EndpointException(EndpointError.Disconnected, "The endpoint was closed.");
        }
    }
}
