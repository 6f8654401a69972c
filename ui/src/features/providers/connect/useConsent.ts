import { useMutation } from '@tanstack/react-query';
import { beginConsent, type Consent } from '../api/connect';
import { rememberProvider } from './begun';
import { webAddress } from './fields';

/** Begins a consent: the browser goes where the person agrees, or a code is answered that they type elsewhere. */
export const useConsent = (provider: string) => useMutation({
  mutationFn: async ({ connection, auth }: { connection: string; auth?: string }): Promise<Consent> => {
    const consent = await beginConsent(provider, connection, auth);
    if (consent.authorize_url === null) return consent;
    const address = webAddress(consent.authorize_url);
    if (address === undefined) throw new Error(`The provider's manifest sends people to '${consent.authorize_url}', which is no address of the web. Correct its 'authorize_url'.`);
    rememberProvider(provider);
    location.assign(address);
    return consent;
  },
});
