import { Badge } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import type { LastExecution } from '../api/last-executions';
import type { SavedPlan } from '../api/list-plans';
import type { Starts } from '../api/plan-starts';
import { PlanMenu } from './PlanMenu';
import classes from './columns.module.css';

interface Known {
  /** By the plan's name. */
  starts: ReadonlyMap<string, Starts> | undefined;
  last: ReadonlyMap<string, LastExecution> | undefined;
  /** The names of those with changes that are not saved. */
  drafts: ReadonlySet<string>;
}

export const columnsOf = ({ starts, last, drafts }: Known): readonly Column<SavedPlan>[] => [
  {
    id: 'name', header: 'Plan', width: '1.4fr', narrow: 'title',
    cell: plan => <><Link to="/plans/$plan" params={{ plan: plan.name! }} search={{}}>{plan.name}</Link>{drafts.has(plan.name!) && <Badge ml={10} size="sm" variant="light" color="amber" tt="none">Not saved</Badge>}</>,
  },
  { id: 'description', header: 'What it does', width: '2fr', narrow: 'hide', cell: plan => <span className={classes.soft} title={plan.description ?? undefined}>{plan.description ?? ''}</span> },
  {
    id: 'last', header: 'Last execution', width: '220px',
    cell: plan => {
      const execution = last?.get(plan.name!);
      if (execution === undefined) return <span className={classes.soft}>{last === undefined ? '–' : 'Never run'}</span>;
      return <Link className={classes.last} to="/executions/$execution" params={{ execution: execution.id }} search={{}}><StatusBadge status={execution.status} /><Time value={execution.started_at ?? execution.created_at} /></Link>;
    },
  },
  { id: 'starts', header: 'Starts', width: '110px', narrow: 'hide', cell: plan => (starts?.has(plan.name!) === true ? <StatusBadge status={starts.get(plan.name!)!.state} /> : <span className={classes.soft}>By hand</span>) },
  { id: 'next', header: 'Next', width: '100px', narrow: 'hide', cell: plan => <Time value={starts?.get(plan.name!)?.next} /> },
  { id: 'version', header: 'Version', width: '70px', align: 'end', narrow: 'hide', cell: plan => plan.version },
  { id: 'more', header: '', width: '40px', align: 'end', cell: plan => <PlanMenu plan={plan} /> },
];
