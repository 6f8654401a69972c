import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type ShownPlan = Shape<'ShownPlan'>;

/** A plan by its name or id, with its text. */
export const planQuery = (plan: string) => queryOptions({
  queryKey: ['plans', 'one', plan],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/plans/{plan}', { signal, params: { path: { plan } } })),
});
