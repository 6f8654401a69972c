import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

export type Consent = Shape<'ConsentView'>;
export type Device = Shape<'DeviceView'>;
export type ConsentResult = Shape<'ConsentResult'>;

/** Asks the provider whose connection it is. */
export const verifyConnection = (provider: string, connection: string) => answerOf(hub.POST('/api/connections/verify', { body: { provider, connection } }));

/** Answers where the person agrees; they come back to the page /connect. */
export const beginConsent = (provider: string, connection: string, auth?: string) =>
  answerOf(hub.POST('/api/connections/consent', { body: { provider, connection, auth, redirect: `${location.origin}/connect` } }));

/** With the code that the person came back with; without one it asks whether they have agreed at the other screen. */
export const finishConsent = (state: string, code?: string) => answerOf(hub.POST('/api/connections/consent/finish', { body: { state, code } }));

/** Forgets the consent; the fields stay with the credentials. */
export async function disconnect(provider: string, connection: string): Promise<void> {
  const { error, response } = await hub.POST('/api/connections/disconnect', { body: { provider, connection } });
  if (!response.ok) throw problemFrom(response.status, error);
}
