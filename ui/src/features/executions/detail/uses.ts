import type { Attempt } from './timeline';

/** What a failed attempt was about, as the hub noted it. */
export interface Uses {
  endpoints: string[];
  credentials: string[];
}

const notes = ['endpoints', 'credentials'] as const;

/** The saved endpoints and the credentials that a failure leads to; empty for what did not fail. */
export function usesOf(attempt: Pick<Attempt, 'error' | 'metadata'> | undefined): Uses {
  const [endpoints = [], credentials = []] = notes.map(name => (attempt?.error == null ? [] : attempt.metadata?.[name]?.split(', ') ?? []));
  return { endpoints, credentials };
}

/** The metadata that the step itself gave. */
export function metadataOf({ error, metadata }: Pick<Attempt, 'error' | 'metadata'>): Record<string, string> | null {
  const own = Object.entries(metadata ?? {}).filter(([name]) => error == null || !notes.some(note => note === name));
  return own.length === 0 ? null : Object.fromEntries(own);
}
