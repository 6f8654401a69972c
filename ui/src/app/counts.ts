import type { Overview } from '@/api/overview';

export interface PlaceCount {
  count: number;
  tone: 'live' | 'warn' | 'bad';
  /** Said after the number: "3 running". */
  what: string;
}

/** The number beside a page's name: what runs, or what wants to be looked at. Null when there is nothing to say. */
export function countOf(to: string, overview: Overview | undefined): PlaceCount | null {
  if (overview === undefined) return null;
  const counts: Record<string, PlaceCount> = {
    '/': { count: overview.approvals, tone: 'warn', what: 'approvals asked for' },
    '/executions': { count: overview.running, tone: 'live', what: 'running' },
    '/schedules': { count: overview.schedules_late + overview.triggers_broken, tone: 'warn', what: 'late or broken' },
    '/events': { count: overview.events_dead, tone: 'bad', what: 'dead' },
  };
  const found = counts[to];
  return found === undefined || found.count === 0 ? null : found;
}
