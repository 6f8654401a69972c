import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { followStream } from '@/api/event-stream';

export type SystemLogLine = Shape<'SystemLogLine'>;

export interface SystemLogFilter {
  component?: string;
  level?: string;
  q?: string;
}

const tail = '5000';

/** Where the hub logs to, and which of its parts have told something. */
export const systemLogQuery = queryOptions({
  queryKey: ['system-logs', 'about'],
  queryFn: async ({ signal }) => {
    const { components, file } = await answerOf(hub.GET('/api/system-logs', { signal, params: { query: { limit: '1' } } }));
    return { components, file };
  },
  refetchInterval: 15_000,
});

interface FollowOptions {
  onLines: (lines: SystemLogLine[]) => void;
  onLive: (live: boolean) => void;
  signal: AbortSignal;
}

/** The newest lines that fit, then each as it is written. It has no end. */
export function followSystemLog(filter: SystemLogFilter, { onLines, onLive, signal }: FollowOptions): Promise<void> {
  const query = new URLSearchParams({ tail, ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) });
  return followStream(`/api/system-logs/events?${query.toString()}`, {
    signal,
    onLive,
    onEvents: events => onLines(events.filter(event => event.type === 'log').map(event => JSON.parse(event.data) as SystemLogLine)),
  });
}
