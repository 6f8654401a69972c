import { rowsOf, type Attempt } from './timeline';

/** The steps that an execution can be made again from: those of the plan itself, not those within loops. */
export const rerunSteps = (attempts: readonly Attempt[]): { value: string; label: string }[] =>
  rowsOf(attempts).filter(row => row.depth === 0).map(row => ({ value: row.path, label: row.name === row.use ? row.use : `${row.name} (${row.use})` }));

/** Null when they are those that it had. */
export function rerunInputs(text: string, before: string): Record<string, unknown> | null {
  if (text.trim() === before.trim()) return null;
  const value: unknown = JSON.parse(text === '' ? '{}' : text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('The inputs are an object: {"name": value}.');
  return value as Record<string, unknown>;
}
