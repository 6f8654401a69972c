import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type SavedPlan = Shape<'SavedPlanRow'>;

const limit = '100';

/** Plans by name, page by page. */
export const plansQuery = infiniteQueryOptions({
  queryKey: ['plans', 'list'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/plans', { signal, params: { query: { limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});
