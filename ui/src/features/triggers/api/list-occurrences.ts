import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { allPages } from '@/api/all-pages';
import { answerOf, hub, type Shape } from '@/api/client';

// The description does not say what the list holds.
export type Occurrences = Omit<Shape<'OccurrencesView'>, 'times'> & { times: readonly string[] };

const pagesMax = 10;

/** When what runs in a span of time; of very many schedules the first 5,000. */
export const occurrencesQuery = (from: string, until: string) => queryOptions({
  queryKey: ['triggers', 'occurrences', from, until],
  queryFn: async ({ signal }): Promise<{ items: Occurrences[]; isCut: boolean }> => {
    const { items, isCut } = await allPages(query => answerOf(hub.GET('/api/scheduler/occurrences', { signal, params: { query: { from, until, ...query } } })), pagesMax);
    return { items: (items as Occurrences[]).filter(item => item.times.length > 0), isCut };
  },
  placeholderData: keepPreviousData,
  refetchInterval: 60_000,
});
