import type { Role } from '@/api/me';

export const roles: readonly { value: Role; label: string; may: string }[] = [
  { value: 'viewer', label: 'Viewer', may: 'sees everything but values of credentials' },
  { value: 'operator', label: 'Operator', may: 'starts, cancels and approves as well' },
  { value: 'editor', label: 'Editor', may: 'changes plans, endpoints and credentials as well' },
  { value: 'owner', label: 'Owner', may: 'decides on members and reads the audit log as well' },
];

const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A password for one sign-in: four groups of four, without letters that look like others. */
export function oneTimePassword(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = bytes => crypto.getRandomValues(bytes)): string {
  const characters: string[] = [];
  while (characters.length < 16) {
    // What is above a multiple of the letters would make the first of them more frequent.
    for (const byte of random(new Uint8Array(32))) if (byte < 256 - (256 % letters.length) && characters.length < 16) characters.push(letters[byte % letters.length]!);
  }
  return characters.join('').replace(/(.{4})(?=.)/g, '$1-');
}

/** What a browser or program is, in a word or two. */
export function programText(program: string | null | undefined): string {
  if (program == null || program === '') return 'An unknown program';
  const browser = /(Edg|Firefox|HeadlessChrome|Chrome|Safari)\//.exec(program)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(program)?.[1];
  const names: Record<string, string> = { Edg: 'Edge', HeadlessChrome: 'Chrome', 'Mac OS X': 'macOS' };
  if (browser === undefined) return program.split(' ')[0]!;
  return `${names[browser] ?? browser}${system === undefined ? '' : ` on ${names[system] ?? system}`}`;
}
