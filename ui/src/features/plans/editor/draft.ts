import { workspace } from '@/api/workspace';

/** What somebody wrote and did not save yet. */
export interface Draft {
  text: string;
  /** The version that it is made from; 0 for a plan that is not saved yet. */
  version: number;
  at: string;
}

const prefix = () => `gantry-draft:${workspace() ?? ''}:`;

/** The draft of a plan in this browser; null when there is none. */
export function readDraft(plan: string): Draft | null {
  try {
    const found = JSON.parse(localStorage.getItem(prefix() + plan) ?? 'null') as Partial<Draft> | null;
    return typeof found?.text === 'string' && typeof found.version === 'number' && typeof found.at === 'string' ? (found as Draft) : null;
  } catch {
    return null;
  }
}

/** Storage may be full or switched off: then the draft lasts as long as the page. */
export function keepDraft(plan: string, draft: Draft): void {
  try {
    localStorage.setItem(prefix() + plan, JSON.stringify(draft));
  } catch {
    // See above.
  }
}

export function dropDraft(plan: string): void {
  try {
    localStorage.removeItem(prefix() + plan);
  } catch {
    // See above.
  }
}

/** The names of the plans that have a draft here. */
export function draftNames(): ReadonlySet<string> {
  try {
    return new Set(Object.keys(localStorage).filter(key => key.startsWith(prefix())).map(key => key.slice(prefix().length)));
  } catch {
    return new Set();
  }
}
