import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

export type ApiKey = Shape<'ApiKey'>;

const limit = '200';

/** One's own keys of the workspace, without their secrets. */
export const keysQuery = infiniteQueryOptions({
  queryKey: ['api-keys', 'list'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/api-keys', { signal, params: { query: { limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});

/** Answers the key itself, this once only. */
export const addKey = (key: Shape<'NewApiKey'>) => answerOf(hub.POST('/api/api-keys', { body: key }));
export const rotateKey = (id: string) => answerOf(hub.POST('/api/api-keys/{id}/rotate', { params: { path: { id } } }));

export async function revokeKey(id: string): Promise<void> {
  const { error, response } = await hub.DELETE('/api/api-keys/{id}', { params: { path: { id } } });
  if (!response.ok) throw problemFrom(response.status, error);
}
