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

/** Whether a login by FTP or SFTP can be tried with it. */
export const isLogin = (name: string): boolean => /_(FTP|SFTP)_(PASSWORD|KEY)$/i.test(name);
