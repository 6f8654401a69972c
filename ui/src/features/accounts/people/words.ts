import type { Role } from '@/api/me';

export const roles: readonly { value: Role; label: string; may: string }[] = [
  { value: 'viewer', label: 'Viewer', may: 'sees everything but values of credentials' },
  { value: 'operator', label: 'Operator', may: 'starts, cancels and approves as well' },
  { value: 'editor', label: 'Editor', may: 'changes plans, endpoints and credentials as well' },
  { value: 'owner', label: 'Owner', may: 'decides on members and reads the audit log as well' },
];

// 32 of them: each byte gives one, and none is more frequent than another.
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A password for one sign-in: four groups of four, without letters that look like others. */
export const oneTimePassword = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => letters[byte % letters.length]!).join('').replace(/(.{4})(?=.)/g, '$1-');

/** What a browser or program is, in a word or two. */
export function programText(program: string | null | undefined): string {
  if (program == null || program === '') return 'An unknown program';
  const browser = /(Edg|Firefox|HeadlessChrome|Chrome|Safari)\//.exec(program)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(program)?.[1];
  const names: Record<string, string> = { Edg: 'Edge', HeadlessChrome: 'Chrome', 'Mac OS X': 'macOS' };
  if (browser === undefined) return program.split(' ')[0]!;
  return `${names[browser] ?? browser}${system === undefined ? '' : ` on ${names[system] ?? system}`}`;
}
