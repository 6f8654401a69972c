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
  signal: AbortSignal;
}

const ends = new Set(['succeeded', 'failed', 'cancelled']);

/** Everything from the beginning, then live, to the execution's end. */
export function followExecution(id: string, { onHappenings, onLive, signal }: FollowOptions): Promise<void> {
  return followStream(`/api/executions/${encodeURIComponent(id)}/events`, {
    signal,
    onLive,
    onEvents: events => {
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
