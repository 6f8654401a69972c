import { ask } from './client';
import { reportLost, whenHere } from './connection';
import { problemFrom, UnreachableError } from './problem';
import { EventParser, type ServerEvent } from './event-parser';

const waitMillisecondsMin = 500;
const waitMillisecondsMax = 5_000;

interface StreamOptions {
  /** Answers 'end' for the last event; after it nothing is asked for any more. */
  onEvents: (events: ServerEvent[]) => 'end' | void;
  /** Told with false each time the stream is cut, and with true when it goes on. */
  onLive?: (live: boolean) => void;
  signal: AbortSignal;
  /** The last event that is known already. */
  after?: string | null;
}

/**
 * Follows a stream of server-sent events, and takes it up behind the last event whenever it is cut: by the network, or by a hub that
 * restarts. Returns at its end; throws a ProblemError when the hub refuses it.
 */
export async function followStream(path: string, { onEvents, onLive, signal, after = null }: StreamOptions): Promise<void> {
  let seen = after;
  let wait = waitMillisecondsMin;
  while (!signal.aborted) {
    await whenHere(signal);
    const parser = new EventParser();
    try {
      for await (const text of textsOf(path, seen, signal)) {
        onLive?.(true);
        wait = waitMillisecondsMin;
        const events = parser.push(text);
        seen = parser.lastId ?? seen;
        if (events.length > 0 && onEvents(events) === 'end') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UnreachableError) && !isCut(error)) throw error;
      if (isCut(error)) reportLost();
    }
    if (signal.aborted) return;
    onLive?.(false);
    await pause(wait, signal);
    wait = Math.min(wait * 2, waitMillisecondsMax);
  }
}

async function* textsOf(path: string, seen: string | null, signal: AbortSignal): AsyncGenerator<string> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' };
  if (seen !== null) headers['Last-Event-ID'] = seen;
  const response = await ask(new Request(path, { headers, signal, cache: 'no-store' }));
  if ([429, 502, 503, 504].includes(response.status)) return;
  if (!response.ok || response.body === null) throw problemFrom(response.status, await response.json().catch(() => null));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
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
