import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';
import type { Credential, Scope } from './credentials';

/** Under a name, or for a provider, that is free still. */
export const addCredential = (request: Shape<'NewCredentialRequest'>) => answerOf(hub.POST('/api/credentials', { body: request }));

/** What is not given stays. */
export const changeCredential = (name: string, change: Shape<'CredentialRequest'>) =>
  answerOf(hub.PUT('/api/credentials/{name}', { params: { path: { name } }, body: change }));

export async function deleteCredential({ name, scope, provider }: Credential): Promise<void> {
  const { error, response } = provider == null
    ? await hub.DELETE('/api/credentials/{name}', { params: { path: { name }, query: { scope } } })
    : await hub.DELETE('/api/provider-credentials/{provider}', { params: { path: { provider }, query: { scope } } });
  if (!response.ok) throw problemFrom(response.status, error);
}

/** The value itself; that it was read is on record. */
export const revealCredential = async (name: string, scope: Scope, field: string | null): Promise<string> =>
  (await answerOf(hub.POST('/api/credentials/{name}/reveal', { params: { path: { name }, query: { scope } }, body: field === null ? {} : { field } }))).value;

/** Signs in to a server with it. */
export const testCredential = (name: string, request: Shape<'LoginTestRequest'>) =>
  answerOf(hub.POST('/api/credentials/{name}/test', { params: { path: { name } }, body: request }));

/** Gives the workspace one of one's own: its value is read, which is on record, and stored for all. One's own stays. */
export async function shareCredential({ name, website, type, allowed_hosts }: Credential): Promise<void> {
  const value = await revealCredential(name, 'user', null);
  await addCredential({ name, value, scope: 'workspace', website: website ?? undefined, type: type ?? undefined, allowed_hosts });
}
