import { Link } from '@tanstack/react-router';
import { executionTitle } from '@/components/status/execution-title';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Column } from '@/components/table/DataTable';
import { Duration, Time } from '@/components/time/Time';
import type { Execution } from '../api/list-executions';
import { storyOf } from './story';
import classes from './columns.module.css';

export const columns: readonly Column<Execution>[] = [
  {
    id: 'plan', header: 'Plan', width: '1.4fr', narrow: 'title',
    cell: row => <Link to="/executions/$execution" params={{ execution: row.id }}>{executionTitle(row)}</Link>,
  },
  { id: 'status', header: 'Status', width: '130px', cell: row => <StatusBadge status={row.status} /> },
  { id: 'story', header: 'What happened', width: '2.4fr', cell: row => <span className={row.error == null ? classes.quiet : classes.bad} title={storyOf(row)}>{storyOf(row)}</span> },
  { id: 'started', header: 'Began', width: '110px', cell: row => <Time value={row.started_at ?? row.created_at} /> },
  { id: 'duration', header: 'Took', width: '100px', align: 'end', cell: row => <Duration from={row.started_at} to={row.ended_at} /> },
];
