import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

export type Session = Shape<'Session'>;

/** Where one is signed in, the last used first. */
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/sessions', { signal }))).items });

export async function endSession(id: string): Promise<void> {
  const { error, response } = await hub.DELETE('/api/sessions/{id}', { params: { path: { id } } });
  if (!response.ok) throw problemFrom(response.status, error);
}
