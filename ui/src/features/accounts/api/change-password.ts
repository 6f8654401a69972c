import { hub } from '@/api/client';
import { problemFrom } from '@/api/problem';

/** One's own; every other session of one's own ends. */
export async function changePassword(current: string, next: string): Promise<void> {
  const { error, response } = await hub.POST('/api/me/password', { body: { current_password: current, new_password: next } });
  if (!response.ok) throw problemFrom(response.status, error);
}
