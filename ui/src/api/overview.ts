import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

export type Overview = Shape<'Overview'>;
export type OverviewHour = Shape<'OverviewHour'>;

/** What is running and what is wrong. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/overview', { signal })),
  refetchInterval: 5_000,
});
