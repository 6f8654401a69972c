import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type PlanVersion = Shape<'PlanVersionRow'>;
export type PlanDiff = Shape<'PlanDiff'>;

/** A plan's versions, the newest first. */
export const planVersionsQuery = (plan: string) => infiniteQueryOptions({
  queryKey: ['plans', 'versions', plan],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/plans/{plan}/versions', { signal, params: { path: { plan }, query: { limit: '50', after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});

/** What two versions differ in. */
export const planDiffQuery = (plan: string, from: number, to: number) => queryOptions({
  queryKey: ['plans', 'diff', plan, from, to],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/plans/{plan}/diff', { signal, params: { path: { plan }, query: { from: String(from), to: String(to) } } })),
  staleTime: Infinity,
});
