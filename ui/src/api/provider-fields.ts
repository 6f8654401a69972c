import { answerOf, hub, type Shape } from './client';

/** A provider's fields in place of those that were there. */
export const changeProviderFields = (provider: string, change: Shape<'ProviderCredentialRequest'>) =>
  answerOf(hub.PUT('/api/provider-credentials/{provider}', { params: { path: { provider } }, body: change }));
