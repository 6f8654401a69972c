/** A value with a reference to something put in: at the end of a text, in place of anything else. */
export function withReference(value: unknown, reference: string, isText: boolean): string {
  const written = `\${${reference}}`;
  return isText && typeof value === 'string' && value !== '' ? `${value}${/\s$|[/:=("']$/.test(value) ? '' : ' '}${written}` : written;
}

const lengthMax = 80;

/** A value in one short line. */
export function exampleText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined) ?? '';
  return text.length > lengthMax ? `${text.slice(0, lengthMax)} …` : text;
}
