import type { Shape } from '@/api/client';

export type Needs = Shape<'ConnectionNeedsView'>;
export type Way = Shape<'ConnectionWayView'>;
export type Field = Shape<'ConnectionFieldView'>;

/** What is asked for when one signs in so: the fields of every way and those of this one, each once. */
export function fieldsOf(needs: Needs, way: Way | undefined): Field[] {
  const fields = new Map(needs.fields.map(field => [field.name, field]));
  for (const field of way?.fields ?? []) fields.set(field.name, field);
  return [...fields.values()];
}

/** What is stored: texts, of those fields only that are asked for; what is left empty is not among them. */
export function givenOf(fields: readonly Field[], values: Readonly<Record<string, unknown>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const { name } of fields) {
    const value = values[name];
    if (value == null || value === '') continue;
    given[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return given;
}

/** Where a consent leads: only the web, as the address comes from a manifest. */
export function webAddress(address: string): string | undefined {
  try {
    return ['https:', 'http:'].includes(new URL(address).protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}
