import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';
import { problemFrom } from '@/api/problem';

/** Which plans fail without a provider; for administrators. */
export const providerUsesQuery = (id: string) => queryOptions({
  queryKey: ['providers', 'uses', id],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/providers/{id}/uses', { signal, params: { path: { id } } })),
  staleTime: 0,
});

export async function deleteProvider(id: string): Promise<void> {
  const { error, response } = await hub.DELETE('/api/providers/{id}', { params: { path: { id } } });
  if (!response.ok) throw problemFrom(response.status, error);
}
