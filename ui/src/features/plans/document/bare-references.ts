// References without quotes where YAML's flow style has brackets of its own: { site: ${input.site} }. As the hub does, their brackets and commas are hidden, one character for
// one, behind some that mean nothing to YAML, so that every place stays what it is.
const meaningful = '{}[],';
const hiddenFirst = 0xe000;

export const hideReferences = (text: string): string =>
  text.replace(/\$\{[^}\n]*\}/g, reference => reference.replace(/[{}[\],]/g, character => String.fromCharCode(hiddenFirst + meaningful.indexOf(character))));

export const showReferences = (text: string): string => text.replace(/[\ue000-\ue004]/g, character => meaningful[character.charCodeAt(0) - hiddenFirst]!);

/** The same at any depth of a value. */
export function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return showReferences(value);
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [showReferences(name), shownValue(item)]));
  return value;
}
