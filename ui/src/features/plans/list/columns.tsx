import { Link } from '@tanstack/react-router';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import type { LastExecution } from '../api/last-executions';
import type { SavedPlan } from '../api/list-plans';
import classes from './columns.module.css';

interface Known {
  /** By the plan's name. */
  next: ReadonlyMap<string, string> | undefined;
  last: ReadonlyMap<string, LastExecution> | undefined;
}

export const columnsOf = ({ next, last }: Known): readonly Column<SavedPlan>[] => [
  { id: 'name', header: 'Plan', width: '1.3fr', narrow: 'title', cell: plan => <Link to="/plans/$plan" params={{ plan: plan.name! }}>{plan.name}</Link> },
  { id: 'description', header: 'What it does', width: '2fr', narrow: 'hide', cell: plan => <span className={classes.soft} title={plan.description ?? undefined}>{plan.description ?? ''}</span> },
  {
    id: 'last', header: 'Last execution', width: '230px',
    cell: plan => {
      const execution = last?.get(plan.name!);
      if (execution === undefined) return <span className={classes.soft}>–</span>;
      return <Link className={classes.last} to="/executions/$execution" params={{ execution: execution.id }} search={{}}><StatusBadge status={execution.status} /><Time value={execution.started_at ?? execution.created_at} /></Link>;
    },
  },
  { id: 'next', header: 'Next', width: '110px', cell: plan => <Time value={next?.get(plan.name!)} /> },
  { id: 'version', header: 'Version', width: '80px', align: 'end', narrow: 'hide', cell: plan => plan.version },
];
