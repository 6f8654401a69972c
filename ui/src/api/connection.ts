import { useSyncExternalStore } from 'react';

export type Connection = 'here' | 'lost' | 'back';

const probeMilliseconds = 1_000;
const welcomeMilliseconds = 4_000;

let state: Connection = 'here';
let timer: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();
const returns = new Set<() => void>();

function become(next: Connection): void {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher();
}

/** Somebody asked the hub and got no answer. From now on it is asked whether it lives, until it does. */
export function reportLost(): void {
  if (state === 'lost') return;
  become('lost');
  clearTimeout(timer);
  timer = setTimeout(() => void probe(), probeMilliseconds);
}

async function probe(): Promise<void> {
  if (await isAlive()) {
    become('back');
    for (const callback of returns) callback();
    timer = setTimeout(() => become('here'), welcomeMilliseconds);
    return;
  }
  timer = setTimeout(() => void probe(), probeMilliseconds);
}

async function isAlive(): Promise<boolean> {
  try {
    return (await fetch('/health', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

/** Calls back each time the hub answers again. Answers how to stop that. */
export function onReturn(callback: () => void): () => void {
  returns.add(callback);
  return () => returns.delete(callback);
}

/** Resolves when the hub is believed to answer: at once, or after its return. */
export function whenHere(signal: AbortSignal): Promise<void> {
  if (state !== 'lost') return Promise.resolve();
  return new Promise(resolve => {
    const stop = onReturn(() => { stop(); resolve(); });
    signal.addEventListener('abort', () => { stop(); resolve(); }, { once: true });
  });
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => state);
