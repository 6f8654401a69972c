import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

export interface NextRun {
  trigger: string;
  plan: string;
  watches: string;
  /** As people say it. */
  words: string;
  at: string;
}

const count = 6;

/** What schedules start next, the soonest first. */
export const nextRunsQuery = queryOptions({
  queryKey: ['triggers', 'next'],
  queryFn: async ({ signal }): Promise<NextRun[]> => {
    const { items } = await answerOf(hub.GET('/api/triggers', { signal, params: { query: { kind: 'schedule', limit: '500' } } }));
    return items.filter(trigger => trigger.next_at != null)
      .map(trigger => ({ trigger: trigger.id, plan: trigger.plan, watches: trigger.watches, words: trigger.in_words ?? trigger.watches, at: trigger.next_at! }))
      .sort((one, other) => one.at.localeCompare(other.at)).slice(0, count);
  },
  refetchInterval: 15_000,
});
