import type { CredentialUse } from '../api/credential-uses';
import type { Credential } from '../api/credentials';

export const scopeText = (scope: Credential['scope']): string => (scope === 'workspace' ? 'Workspace' : 'Only you');

/** What it is, in a few words. */
export const typeText = ({ type, provider, fields }: Pick<Credential, 'type' | 'provider' | 'fields'>): string =>
  (provider != null ? fields.join(', ') : type ?? 'Secret');

/** How plans and endpoints refer to it; of a provider's, one for each field. */
export const referencesOf = ({ name, provider, fields }: Pick<Credential, 'name' | 'provider' | 'fields'>): string[] =>
  (provider == null ? [`\${cred:${name}}`] : fields.map(field => `\${cred:${name}.${field}}`));

export const keyOf = ({ name, scope }: Pick<Credential, 'name' | 'scope'>): string => `${scope}:${name}`;

const stores: Record<string, string> = { database: 'in the hub’s database, sealed', file: 'in an encrypted file', env: 'in the environment of the hub', vault: 'in HashiCorp Vault or OpenBao' };

export const storeText = (backend: string): string => stores[backend] ?? `in '${backend}'`;

/** Where one rests: a person's own and those of providers are in the hub's database, whichever store the workspace has. */
export const restsText = ({ scope, provider }: Pick<Credential, 'scope' | 'provider'>, backend: string): string => storeText(scope === 'user' || provider != null ? 'database' : backend);

/** Whether a login by FTP or SFTP can be tried with it. */
export const isLogin = (name: string): boolean => /_(FTP|SFTP)_(PASSWORD|KEY)$/i.test(name);

/** What names a credential, in words. */
export function textOfUse({ kind, name }: CredentialUse): string {
  switch (kind) {
    case 'plan': return `Plan '${name}'`;
    case 'template': return `Template '${name}'`;
    case 'endpoint': return `Endpoint '${name}'`;
    case 'connection': return `Connection to ${name}`;
    case 'notifications': return 'The workspace’s notifications';
    case 'planner': return 'The AI that drafts plans';
    case 'credential_store': return 'The credential store';
  }
}

/** What stops when it goes; nothing is said before that is known. */
export function lossText(uses: { items: readonly CredentialUse[]; more: boolean } | undefined): string {
  if (uses === undefined) return '';
  if (uses.more) return 'So much names it that not all was read. What names it fails from then on, among it:';
  if (uses.items.length === 0) return 'Nothing that is saved names it.';
  return uses.items.length === 1 ? 'This names it, and fails from then on:' : `These ${uses.items.length} name it, and fail from then on:`;
}
