import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

export type Overview = Shape<'Overview'>;
export type OverviewHour = Shape<'OverviewHour'>;

/** What is running and what is wrong, and what became of the last hours. */
export const overviewQuery = overviewOf(24);

/** Only what is now: beside every page, where what the hours came to would be counted for nothing. */
export const presentQuery = overviewOf(0);

function overviewOf(hours: number) {
  return queryOptions({
    queryKey: ['overview', hours],
    queryFn: ({ signal }) => answerOf(hub.GET('/api/overview', { signal, params: { query: { hours } } })),
    refetchInterval: 5_000,
  });
}
