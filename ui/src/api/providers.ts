import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

export type ProviderSummary = Shape<'ProviderSummary'>;
export type Action = Shape<'ActionView'>;

/** What plans can use: every provider with its actions' names. It changes with the program only. */
export const providersQuery = queryOptions({
  queryKey: ['providers', 'list'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/providers', { signal }))).items,
  staleTime: Infinity,
});

/** One provider, and what each of its actions takes. */
export const providerQuery = (id: string) => queryOptions({
  queryKey: ['providers', 'one', id],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/providers/{id}', { signal, params: { path: { id } } })),
  staleTime: Infinity,
});
