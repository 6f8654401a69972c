import type { Role } from '@/api/me';
import type { ApiKey } from '../api/keys';

/** What a key may; each may what those before may. */
export const scopes: readonly { value: string; label: string; role: Role }[] = [
  { value: 'read', label: 'Look: read everything but secrets', role: 'viewer' },
  { value: 'run', label: 'Run: start and cancel as well', role: 'operator' },
  { value: 'write', label: 'Write: change plans and endpoints as well', role: 'editor' },
  { value: 'manage', label: 'Manage: everything that owners may', role: 'owner' },
];

export const expiries = [
  { value: '7', label: 'In 7 days' }, { value: '30', label: 'In 30 days' }, { value: '90', label: 'In 90 days' }, { value: '365', label: 'In a year' }, { value: 'never', label: 'Never' },
] as const;

/** The time at which it ends; undefined when it never does. */
export const expiryOf = (days: string, now: number): string | undefined => (days === 'never' ? undefined : new Date(now + Number(days) * 86_400_000).toISOString());

export function keyStatus(key: Pick<ApiKey, 'revoked_at' | 'expires_at'>, now: number): string {
  if (key.revoked_at != null) return 'revoked';
  return key.expires_at != null && Date.parse(key.expires_at) <= now ? 'expired' : 'active';
}
