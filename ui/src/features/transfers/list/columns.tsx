import { Link } from '@tanstack/react-router';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { Column } from '@/components/table/DataTable';
import { Duration, Time } from '@/components/time/Time';
import { bytesText, countText } from '@/components/time/words';
import type { Transfer } from '../api/list-transfers';
import { filesText, outcomeText, togetherOf } from './progress';
import { modeText, startedBy, starterOf, titleOf, wayText } from './words';
import classes from './columns.module.css';

export const columns: readonly Column<Transfer>[] = [
  { id: 'status', header: 'Status', width: '120px', cell: transfer => <StatusBadge status={transfer.status} /> },
  {
    id: 'name', header: 'Transfer', width: '3fr', narrow: 'title',
    cell: transfer => (
      <span className={classes.name}>
        <Link to="/transfers/$transfer" params={{ transfer: transfer.id }} search={{}}>{titleOf(transfer)}</Link>
        {transfer.name !== null && <span className={classes.way}>{wayText(transfer)}</span>}
      </span>
    ),
  },
  { id: 'mode', header: 'Mode', width: '92px', narrow: 'hide', cell: transfer => <span className={classes.soft}>{modeText(transfer.mode, transfer.to.length)}</span> },
  { id: 'by', header: 'Started by', width: '132px', narrow: 'hide', cell: transfer => <span className={classes.soft} title={startedBy(transfer)}>{starterOf(transfer)}</span> },
  {
    id: 'files', header: 'Files', width: '1.2fr',
    cell: transfer => {
      const progress = togetherOf(transfer.links);
      if (transfer.links.every(link => link.progress === undefined)) return <span className={classes.soft}>–</span>;
      if (transfer.status === 'running') return <>{filesText(progress)}</>;
      if (transfer.status === 'failed' && transfer.error != null && progress.copied + progress.failed === 0) return <span className={classes.bad} title={transfer.error.message}>{transfer.error.message}</span>;
      return <>{outcomeText({ ...progress, failed: 0 })}{progress.failed > 0 && <span className={classes.bad}>, {countText(progress.failed)} failed</span>}</>;
    },
  },
  { id: 'size', header: 'Size', width: '84px', align: 'end', cell: transfer => bytesText(togetherOf(transfer.links).bytesDone) },
  { id: 'started', header: 'Began', width: '104px', cell: transfer => <Time value={transfer.started_at ?? transfer.created_at} /> },
  { id: 'took', header: 'Took', width: '92px', align: 'end', narrow: 'hide', cell: transfer => <Duration from={transfer.started_at} to={transfer.ended_at} /> },
];
