import type { AuditEntry } from '../api/list-audit';

const nouns: Record<string, string> = { api_key: 'API key', sign_in: 'sign-in', egress_rules: 'rules for requests out', vault: 'keys', credential_store: 'credential store' };

/** "credential.created" as "Credential created", for reading down a list. */
export function actionText(action: string): string {
  const [noun = '', ...rest] = action.split('.');
  const text = `${nouns[noun] ?? noun.replaceAll('_', ' ')} ${rest.join(' ').replaceAll('_', ' ')}`.trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What deserves a second look: refusals, and secrets that were read. */
export const isNotable = (action: string): boolean => /\.(refused|rejected|failed|revealed|denied)$/.test(action);

/** The groups of actions that can be chosen. */
export const actionGroups = [
  { value: 'sign_in.*', label: 'Signing in' }, { value: 'credential.*', label: 'Credentials' }, { value: 'credential.revealed', label: 'Values that were read' }, { value: 'endpoint.*', label: 'Endpoints' },
  { value: 'plan.*', label: 'Plans' }, { value: 'execution.*', label: 'Executions' }, { value: 'transfer_template.*', label: 'Templates' }, { value: 'user.*', label: 'Users' }, { value: 'member.*', label: 'Members' },
  { value: 'api_key.*', label: 'API keys' }, { value: 'workspace.*', label: 'Workspaces' }, { value: 'vault.*', label: 'Keys of the hub' },
] as const;

/** What it was done to, as people call it; what has only an id is told apart by the end of that. */
export function targetText({ target, target_name: name }: Pick<AuditEntry, 'target' | 'target_name'>): string {
  if (target == null) return '–';
  return name ?? (isId(target) ? `… ${target.slice(-12)}` : target);
}

/** An id, and no name. */
export const isId = (target: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(target);

/** The details of an entry in one line. */
export function detailText(details: unknown): string {
  if (typeof details !== 'object' || details === null) return '';
  return Object.entries(details).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' · ');
}
