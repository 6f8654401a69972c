import { workspace } from '@/api/workspace';

// What a step is to have answered when others are tested: kept in this browser, by plan and by the step's id.
const keyOf = (plan: string) => `gantry-pins:${workspace() ?? ''}:${plan}`;

export function readPins(plan: string): Record<string, unknown> {
  try {
    const found = JSON.parse(localStorage.getItem(keyOf(plan)) ?? '{}') as unknown;
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Tests take what the latest execution had again. */
export function unpin(plan: string, id: string): void {
  keep(plan, Object.fromEntries(Object.entries(readPins(plan)).filter(([name]) => name !== id)));
}

export const pin = (plan: string, id: string, output: unknown): void => keep(plan, { ...readPins(plan), [id]: output });

function keep(plan: string, pins: Record<string, unknown>): void {
  try {
    localStorage.setItem(keyOf(plan), JSON.stringify(pins));
  } catch {
    // Storage is full or switched off: then it lasts no longer than what was typed.
  }
}
