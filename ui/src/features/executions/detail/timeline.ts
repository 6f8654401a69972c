import type { Shape } from '@/api/client';

export type Attempt = Shape<'Step'>;

/** One step of the plan, with every attempt at it. */
export interface TimelineRow {
  path: string;
  name: string;
  use: string;
  depth: number;
  status: string;
  attempts: Attempt[];
}

export interface TimeSpan {
  from: number;
  to: number;
}

/** What the plan calls a step, or what it does. */
export const stepName = (attempt: Pick<Attempt, 'id' | 'use'> | undefined): string | undefined => attempt?.id ?? attempt?.use;

/** Steps in the order of the plan, those below others indented. */
export function rowsOf(attempts: readonly Attempt[]): TimelineRow[] {
  const rows = new Map<string, TimelineRow>();
  for (const attempt of attempts) {
    const row = rows.get(attempt.step);
    if (row === undefined) {
      rows.set(attempt.step, { path: attempt.step, name: stepName(attempt)!, use: attempt.use, depth: attempt.step.split('/').length - 1, status: attempt.status, attempts: [attempt] });
    } else {
      row.attempts.push(attempt);
      row.status = attempt.status;
    }
  }
  return [...rows.values()].sort((one, other) => comparePaths(one.path, other.path));
}

function comparePaths(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** From the first start to the last end, or to now while something is under way. Never empty. */
export function spanOf(attempts: readonly Attempt[], now: number): TimeSpan {
  const from = Math.min(...attempts.map(attempt => Date.parse(attempt.started_at)));
  const to = Math.max(...attempts.map(attempt => (attempt.ended_at == null ? now : Date.parse(attempt.ended_at))));
  return { from, to: Math.max(to, from + 1) };
}

export interface Bar {
  left: number;
  width: number;
}

const widthMin = 0.4;

/** Where an attempt stands, in hundredths of the whole; wide enough to be seen. */
export function barOf(attempt: Attempt, { from, to }: TimeSpan, now: number): Bar {
  const length = to - from;
  const left = Math.min(((Date.parse(attempt.started_at) - from) / length) * 100, 100 - widthMin);
  const end = attempt.ended_at == null ? now : Date.parse(attempt.ended_at);
  const width = Math.max(((end - Date.parse(attempt.started_at)) / length) * 100, widthMin);
  return { left, width: Math.min(width, 100 - left) };
}

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 864e5, 6048e5];

/** About so many round distances from the beginning, in milliseconds. */
export function ticksOf({ from, to }: TimeSpan, about: number): number[] {
  const length = to - from;
  const step = steps.find(each => length / each <= about) ?? length / about;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}

/** What happenings of steps change: attempts are replaced, or come in addition. Those that are known to be over stay so: a replay does not begin them again. */
export function withAttempts(attempts: readonly Attempt[], happened: readonly Attempt[]): Attempt[] {
  const keyOf = (attempt: Attempt) => `${attempt.step}#${attempt.attempt}`;
  const places = new Map(attempts.map((attempt, index) => [keyOf(attempt), index]));
  const changed = [...attempts];
  for (const attempt of happened) {
    const place = places.get(keyOf(attempt));
    if (place === undefined) {
      places.set(keyOf(attempt), changed.length);
      changed.push(attempt);
    } else if (changed[place]!.ended_at == null) {
      // Outputs are not told live: what is known of them stays.
      changed[place] = { ...changed[place], ...attempt };
    }
  }
  return changed;
}
