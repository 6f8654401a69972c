import { Link } from '@tanstack/react-router';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import type { TriggerEvent } from '../api/list-events';
import { kindWords } from './words';
import classes from './columns.module.css';

export const columns: readonly Column<TriggerEvent>[] = [
  { id: 'summary', header: 'What was seen', width: '1.8fr', narrow: 'title', cell: row => <Link from="/events" to="/events" search={before => ({ ...before, event: row.id })}>{row.summary === '' ? kindWords[row.kind!] : row.summary}</Link> },
  { id: 'status', header: 'State', width: '120px', cell: row => <StatusBadge status={row.status!} /> },
  { id: 'kind', header: 'Kind', width: '110px', narrow: 'hide', cell: row => <span className={classes.soft}>{kindWords[row.kind!] ?? row.kind}</span> },
  { id: 'plan', header: 'Plan', width: '1fr', cell: row => row.plan ?? '–' },
  { id: 'reason', header: 'Why', width: '1.8fr', cell: row => <span className={row.status === 'dead' || row.status === 'failed' ? classes.bad : classes.soft} title={row.reason ?? undefined}>{row.reason ?? ''}</span> },
  { id: 'at', header: 'Seen', width: '110px', cell: row => <Time value={row.occurred_at} /> },
];
