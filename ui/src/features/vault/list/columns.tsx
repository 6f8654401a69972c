import { Link } from '@tanstack/react-router';
import type { Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import type { Credential } from '../api/credentials';
import { keyOf, restsText, scopeText, typeText } from './words';
import classes from './columns.module.css';

/** @param backend The workspace's store; undefined while it is not known. */
export const columnsOf = (backend: string | undefined): readonly Column<Credential>[] => [
  { id: 'name', header: 'Name', width: '1.6fr', narrow: 'title', cell: credential => <Link from="/credentials" to="/credentials" search={before => ({ ...before, open: keyOf(credential) })}>{credential.name}</Link> },
  { id: 'type', header: 'What', width: '1.2fr', cell: credential => <span className={classes.soft}>{typeText(credential)}</span> },
  { id: 'for', header: 'For', width: '1fr', narrow: 'hide', cell: credential => <span className={classes.soft}>{credential.website ?? (credential.provider == null ? '–' : 'a provider')}</span> },
  { id: 'scope', header: 'Whose', width: '110px', cell: credential => scopeText(credential.scope) },
  { id: 'rests', header: 'Rests', width: '1.2fr', narrow: 'hide', cell: credential => backend !== undefined && <span className={classes.soft} title={restsText(credential, backend)}>{restsText(credential, backend)}</span> },
  { id: 'hosts', header: 'Sent to', width: '1.2fr', narrow: 'hide', cell: credential => <span className={classes.soft} title={credential.allowed_hosts.join(', ')}>{credential.allowed_hosts.length === 0 ? 'anywhere' : credential.allowed_hosts.join(', ')}</span> },
  { id: 'used', header: 'Last used', width: '110px', cell: credential => (credential.last_used_at == null ? <span className={classes.soft}>never<span className={classes.narrow}> used</span></span> : <><span className={classes.narrow}>used </span><Time value={credential.last_used_at} /></>) },
  { id: 'changed', header: 'Changed', width: '110px', narrow: 'hide', cell: credential => <Time value={credential.updated_at} /> },
];
