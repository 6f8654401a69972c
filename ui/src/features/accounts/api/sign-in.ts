import { answerOf, hub } from '@/api/client';

/** Signs in by a cookie that scripts cannot read; the token of the answer is not kept. */
export async function signIn(user: string, password: string): Promise<{ mustChangePassword: boolean }> {
  const { must_change_password: mustChangePassword } = await answerOf(hub.POST('/api/sign-in', { body: { user, password } }));
  return { mustChangePassword };
}
