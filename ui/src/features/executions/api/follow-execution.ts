import { followStream } from '@/api/event-stream';
import type { ServerEvent } from '@/api/event-parser';

/** What the hub tells of an execution while it happens. */
export interface ExecutionHappening {
  kind: 'execution' | 'step' | 'log' | 'progress';
  data: Record<string, unknown>;
}

interface FollowOptions {
  onHappenings: (happenings: ExecutionHappening[]) => void;
  onLive: (live: boolean) => void;
  /** There is more before what comes. */
  onCutOff: () => void;
  signal: AbortSignal;
}

const ends = new Set(['succeeded', 'failed', 'cancelled']);

const tail = 20_000;

/** The newest that happened (of a long log not all of it), then live, to the execution's end. */
export function followExecution(id: string, { onHappenings, onLive, onCutOff, signal }: FollowOptions): Promise<void> {
  let isFirst = true;
  return followStream(`/api/executions/${encodeURIComponent(id)}/events?tail=${tail}`, {
    signal,
    onLive,
    onEvents: events => {
      if (isFirst && Number(events[0]?.id ?? 1) > 1) onCutOff();
      isFirst = false;
      const happenings = events.map(happeningOf).filter(each => each !== null);
      onHappenings(happenings);
      return happenings.some(each => each.kind === 'execution' && ends.has(String(each.data.status))) ? 'end' : undefined;
    },
  });
}

function happeningOf(event: ServerEvent): ExecutionHappening | null {
  if (!['execution', 'step', 'log', 'progress'].includes(event.type)) return null;
  return { kind: event.type as ExecutionHappening['kind'], data: JSON.parse(event.data) as Record<string, unknown> };
}
