/**
 * By HTTP/1.1 a browser keeps six connections to a hub, for all of its pages together, and a stream takes one of them for as long as it is followed. So a stream needs
 * a place for that: a page has one, and a browser three, while a page that nobody sees has none. What finds none is looked at again and again instead.
 */
export interface StreamPlace {
  /** Aborted when the page may keep it no longer. */
  readonly lost: AbortSignal;
  readonly release: () => void;
}

const placesOfBrowser = 3;

let isTaken = false;

/** Null when there is none. */
export async function takePlace(): Promise<StreamPlace | null> {
  if (isMultiplexed()) return placeUntil(['visibilitychange'], isSeen, () => undefined);
  if (isTaken) return null;
  isTaken = true;
  const [events, mayKeep, free] = hasLocks() ? [['visibilitychange'], isSeen, await takeLock()] : [['visibilitychange', 'blur'], hasFocus, hasFocus() ? () => undefined : null];
  if (free !== null) return placeUntil(events, mayKeep, () => { isTaken = false; free(); });
  isTaken = false;
  return null;
}

/** Resolves when somebody may see the page. */
export async function whenSeen(signal: AbortSignal): Promise<void> {
  while (!isSeen() && !signal.aborted) {
    await new Promise<void>(resolve => {
      document.addEventListener('visibilitychange', () => resolve(), { once: true });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

const isSeen = (): boolean => typeof document === 'undefined' || !document.hidden;

// A page that came by plain HTTP from another machine is told nothing of the others: of them all, one has the focus.
const hasFocus = (): boolean => typeof document === 'undefined' || document.hasFocus();

/** One connection carries all: HTTP/2 and what follows it. */
function isMultiplexed(): boolean {
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return page !== undefined && /^h[23]/.test(page.nextHopProtocol);
}

const hasLocks = (): boolean => typeof navigator !== 'undefined' && 'locks' in navigator;

/** One of the locks that all pages of the browser share; the browser frees it with the page. */
async function takeLock(): Promise<(() => void) | null> {
  for (let number = 1; number <= placesOfBrowser; number++) {
    const free = await new Promise<(() => void) | null>((resolve, reject) => {
      navigator.locks.request(`gantry-stream-${number}`, { ifAvailable: true }, lock => {
        if (lock !== null) return new Promise<void>(end => resolve(end));
        resolve(null);
        return undefined;
      }).catch(reject);
    });
    if (free !== null) return free;
  }
  return null;
}

function placeUntil(events: readonly string[], mayKeep: () => boolean, free: () => void): StreamPlace {
  const losing = new AbortController();
  const watching = new AbortController();
  const look = () => { if (!mayKeep()) losing.abort(); };
  // 'blur' is the window's, 'visibilitychange' the document's, which it hears as well.
  if (typeof window !== 'undefined') for (const event of events) window.addEventListener(event, look, { capture: true, signal: watching.signal });
  look();
  return { lost: losing.signal, release: () => { watching.abort(); free(); } };
}
