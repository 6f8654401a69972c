import { hub } from './client';
import { isStatus, problemFrom } from './problem';

/** Ends this session. That it had ended already is just as well. */
export async function signOut(): Promise<void> {
  const { error, response } = await hub.POST('/api/sign-out');
  if (response.ok) return;
  const problem = problemFrom(response.status, error);
  if (!isStatus(problem, 401)) throw problem;
}
