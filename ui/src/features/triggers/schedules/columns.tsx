import { Link } from '@tanstack/react-router';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import type { Trigger } from '../api/list-schedules';

export const columns: readonly Column<Trigger>[] = [
  { id: 'plan', header: 'Plan', width: '1.2fr', narrow: 'title', cell: row => <Link from="/schedules" to="/schedules" search={before => ({ ...before, schedule: row.id })}>{row.plan}</Link> },
  { id: 'watches', header: 'When', width: '2.2fr', cell: row => <span title={`${row.in_words ?? ''} – ${row.watches}`}>{row.in_words ?? row.watches}</span> },
  { id: 'state', header: 'State', width: '110px', cell: row => <StatusBadge status={row.state} /> },
  { id: 'next', header: 'Next', width: '110px', cell: row => <Time value={row.next_at} /> },
  { id: 'last', header: 'Last', width: '190px', narrow: 'hide', cell: row => (row.last == null ? '–' : <><StatusBadge status={row.last.execution_status ?? row.last.status} /> <Time value={row.last.occurred_at} /></>) },
];

/** Beside a schedule that is looked at there is room for few: the rest it tells itself. */
export const columnsBeside = columns.filter(({ id }) => id === 'plan' || id === 'watches' || id === 'next');
