import { answerOf, hub, type Shape } from '@/api/client';
import type { Role } from '@/api/me';
import { problemFrom } from '@/api/problem';

interface Emptied {
  error?: unknown;
  response: Response;
}

async function done(call: Promise<Emptied>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error);
}

/** Without a password a one-time password is answered. */
export const addUser = (user: Shape<'NewUser'>) => answerOf(hub.POST('/api/users', { body: user }));
export const changeUser = (id: string, change: Shape<'UserChange'>) => done(hub.PATCH('/api/users/{id}', { params: { path: { id } }, body: change }));
export const deleteUser = (id: string) => done(hub.DELETE('/api/users/{id}', { params: { path: { id } } }));

export const addMember = (user: string, role: Role) => answerOf(hub.POST('/api/members', { body: { user, role } }));
export const changeMember = (user: string, role: Role) => done(hub.PATCH('/api/members/{user}', { params: { path: { user } }, body: { role } }));
export const removeMember = (user: string) => done(hub.DELETE('/api/members/{user}', { params: { path: { user } } }));

export const addWorkspace = (name: string) => answerOf(hub.POST('/api/workspaces', { body: { name } }));
export const renameWorkspace = (id: string, name: string) => done(hub.PATCH('/api/workspaces/{id}', { params: { path: { id } }, body: { name } }));
export const deleteWorkspace = (id: string) => done(hub.DELETE('/api/workspaces/{id}', { params: { path: { id } } }));
