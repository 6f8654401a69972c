import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

/** In which store the workspace's credentials rest. */
export const storeQuery = queryOptions({ queryKey: ['credential-store'], queryFn: ({ signal }) => answerOf(hub.GET('/api/credential-store', { signal })), staleTime: 30_000 });

/** Nothing moves: what is stored elsewhere stays there. */
export const chooseStore = (request: Shape<'StoreRequest'>) => answerOf(hub.PUT('/api/credential-store', { body: request }));

/** The hub's key ring, for administrators. */
export const keyRingQuery = queryOptions({ queryKey: ['vault'], queryFn: ({ signal }) => answerOf(hub.GET('/api/vault', { signal })) });

/** Seals every credential anew, in the background. */
export async function rotateKeys(): Promise<void> {
  const { error, response } = await hub.POST('/api/vault/rotate');
  if (!response.ok) throw problemFrom(response.status, error);
}
