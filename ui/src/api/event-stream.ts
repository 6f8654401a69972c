import { ask } from './client';
import { reportLost, whenHere } from './connection';
import { problemFrom, UnreachableError } from './problem';
import { EventParser, type ServerEvent } from './event-parser';
import { takePlace, whenSeen } from './stream-place';

const waitMillisecondsMin = 500;
const waitMillisecondsMax = 5_000;
const lookMilliseconds = 1_000;
/** How much longer than a look the pause behind it is at the least. */
const pauseOfLook = 10;

interface StreamOptions {
  /** Answers 'end' for the last event; after it nothing is asked for any more. */
  onEvents: (events: ServerEvent[]) => 'end' | void;
  /** Told with false each time the stream is cut, and with true when it goes on. */
  onLive?: (live: boolean) => void;
  signal: AbortSignal;
}

/**
 * Follows a stream of server-sent events while its page is seen, and takes it up behind the last event whenever it is cut: by the network, or by a hub that
 * restarts. Without a place to follow it, it is looked at instead, which tells the same a little later. Returns at its end; throws a ProblemError when the hub refuses it.
 */
export async function followStream(path: string, { onEvents, onLive, signal }: StreamOptions): Promise<void> {
  let seen: string | null = null;
  let wait = waitMillisecondsMin;
  while (!signal.aborted) {
    await whenHere(signal);
    await whenSeen(signal);
    const place = await takePlace();
    const turn = place === null ? signal : AbortSignal.any([signal, place.lost]);
    const parser = new EventParser();
    const began = performance.now();
    let isTold = false;
    try {
      const body = await open(path, place !== null, seen, turn);
      if (body !== null) {
        for await (const text of textsOf(body)) {
          onLive?.(true);
          wait = waitMillisecondsMin;
          const events = parser.push(text);
          seen = parser.lastId ?? seen;
          if (events.length > 0 && onEvents(events) === 'end') return;
        }
        isTold = place === null;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!turn.aborted && !(error instanceof UnreachableError) && !isCut(error)) throw error;
      if (!turn.aborted && isCut(error)) reportLost();
    } finally {
      place?.release();
    }
    if (turn.aborted) continue;
    onLive?.(isTold);
    await pause(isTold ? Math.max(lookMilliseconds, (performance.now() - began) * pauseOfLook) : wait, signal);
    wait = isTold ? waitMillisecondsMin : Math.min(wait * 2, waitMillisecondsMax);
  }
}

/** Null when the hub has no time for it now. */
async function open(path: string, live: boolean, seen: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' };
  if (seen !== null) headers['Last-Event-ID'] = seen;
  const response = await ask(new Request(live ? path : `${path}${path.includes('?') ? '&' : '?'}live=false`, { headers, signal, cache: 'no-store' }));
  if ([429, 502, 503, 504].includes(response.status)) return null;
  if (!response.ok || response.body === null) throw problemFrom(response.status, await response.json().catch(() => null));
  return response.body;
}

async function* textsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

// What browsers throw when a body breaks off in the middle.
const isCut = (error: unknown): boolean => error instanceof TypeError || (error instanceof DOMException && error.name === 'NetworkError');

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
