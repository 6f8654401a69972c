import type { Overview } from '@/api/overview';
import type { Tone } from '@/components/status/status';
import { countText, plural } from '@/components/time/words';

export interface Tile {
  id: string;
  label: string;
  count: number;
  /** What the number means, or what is behind it. */
  hint: string;
  tone: Tone;
  to: '/executions' | '/events' | '/schedules';
  search: Record<string, string>;
}

/** The numbers of the first row; each leads to its list. Only what is wrong has a colour. */
export function tilesOf(overview: Overview): Tile[] {
  const failed = sumOf(overview, 'failed');
  const ended = sumOf(overview, 'total') - sumOf(overview, 'open') - sumOf(overview, 'cancelled');
  const late = overview.schedules_late + overview.events_missed + overview.triggers_broken;
  return [
    { id: 'running', label: 'Running', count: overview.running, hint: overview.queued > 0 ? `${countText(overview.queued)} more queued` : 'Nothing is queued', tone: overview.running > 0 ? 'live' : 'quiet', to: '/executions', search: { status: 'running' } },
    { id: 'waiting', label: 'Waiting', count: overview.waiting, hint: overview.approvals > 0 ? `${plural(overview.approvals, 'approval')} asked for` : 'For a time, an event or a call', tone: overview.approvals > 0 ? 'warn' : 'quiet', to: '/executions', search: { status: 'waiting' } },
    { id: 'failed', label: 'Failed', count: failed, hint: ended > 0 ? `${successText(failed, ended)} succeeded since yesterday` : 'Since yesterday', tone: failed > 0 ? 'bad' : 'quiet', to: '/executions', search: { status: 'failed', period: '1d' } },
    { id: 'late', label: 'Late or broken', count: late, hint: lateText(overview), tone: late > 0 ? 'warn' : 'quiet', ...lateList(overview) },
    { id: 'dead', label: 'Dead events', count: overview.events_dead, hint: overview.events_dead > 0 ? 'Nobody tries them any more' : 'Every event was delivered', tone: overview.events_dead > 0 ? 'bad' : 'quiet', to: '/events', search: { status: 'dead' } },
  ];
}

export const sumOf = (overview: Overview, what: 'total' | 'failed' | 'cancelled' | 'open' | 'bytes' | 'files'): number =>
  overview.hours.reduce((sum, hour) => sum + (hour[what] ?? 0), 0);

/** Where most of it is seen: what does nothing first, of every kind. */
function lateList({ schedules_late: late, events_missed: missed, triggers_broken: broken }: Overview): Pick<Tile, 'to' | 'search'> {
  if (broken > 0) return { to: '/schedules', search: { view: 'broken' } };
  return missed > 0 && late === 0 ? { to: '/events', search: { status: 'alert' } } : { to: '/schedules', search: { view: 'list' } };
}

/** "100 %" only when nothing failed. */
export function successText(failed: number, ended: number): string {
  if (failed === 0) return '100 %';
  const share = ((ended - failed) / ended) * 100;
  return share >= 99.95 ? '99.9 %' : `${share >= 99 ? share.toFixed(1) : Math.floor(share)} %`;
}

function lateText({ schedules_late: late, events_missed: missed, triggers_broken: broken }: Overview): string {
  const parts = [
    late > 0 ? `${plural(late, 'schedule')} late` : null, missed > 0 ? `${countText(missed)} did not come` : null, broken > 0 ? `${plural(broken, 'trigger')} broken` : null,
  ].filter(part => part !== null);
  return parts.length > 0 ? parts.join(', ') : 'Schedules and triggers are on time';
}
