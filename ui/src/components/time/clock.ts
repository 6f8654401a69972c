import { useSyncExternalStore } from 'react';

const tickMilliseconds = 1_000;
const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, tickMilliseconds);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, once a second, from one timer for all who look. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => (timer === undefined ? (now = Math.floor(Date.now() / tickMilliseconds) * tickMilliseconds) : now));
