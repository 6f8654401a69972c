const key = 'gantry-connecting';

/** Which provider's page a person left for their consent: no more than its id, and in this tab only. */
export const rememberProvider = (provider: string): void => {
  try {
    sessionStorage.setItem(key, provider);
  } catch {
    // Without a storage the way back leads to the catalogue.
  }
};

export const rememberedProvider = (): string | null => {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
};
