import type { Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import type { AuditEntry } from '../api/list-audit';
import { actionText, detailText, isNotable, targetText } from './words';
import classes from './columns.module.css';

export const columns: readonly Column<AuditEntry>[] = [
  { id: 'time', header: 'When', width: '110px', cell: entry => <Time value={entry.time} /> },
  { id: 'user', header: 'Who', width: '150px', cell: entry => entry.user_name ?? <span className={classes.soft}>{entry.user_id == null ? 'nobody signed in' : 'a user who is gone'}</span> },
  { id: 'action', header: 'What', width: '1.1fr', narrow: 'title', cell: entry => <span className={isNotable(entry.action) ? classes.notable : undefined} title={entry.action}>{actionText(entry.action)}</span> },
  { id: 'target', header: 'On what', width: '1.1fr', cell: entry => <span title={entry.target ?? undefined}>{targetText(entry)}</span> },
  { id: 'details', header: 'Details', width: '1.8fr', narrow: 'hide', cell: entry => <span className={classes.soft} title={detailText(entry.details)}>{detailText(entry.details)}</span> },
  { id: 'address', header: 'From', width: '130px', narrow: 'hide', cell: entry => <span className={classes.soft}>{entry.address ?? '–'}</span> },
];
