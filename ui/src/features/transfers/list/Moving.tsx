import { Link } from '@tanstack/react-router';
import { Card } from '@/components/page/Card';
import { bytesText, countText, plural } from '@/components/time/words';
import type { Transfer } from '../api/list-transfers';
import { Bar } from './Bar';
import { amountText, filesText, remainingText, shareOf, togetherOf } from './progress';
import { titleOf, wayText } from './words';
import classes from './Moving.module.css';

/** What moves now: how far, how fast, how long. */
export function Moving({ transfers }: { transfers: readonly Transfer[] }) {
  return (
    <Card title={plural(transfers.length, 'transfer is', 'transfers are') + ' moving now'} flush>
      <ul className={classes.list} aria-label="Transfers that move now" tabIndex={0}>
        {transfers.map(transfer => <Row key={transfer.id} transfer={transfer} />)}
      </ul>
    </Card>
  );
}

function Row({ transfer }: { transfer: Transfer }) {
  const progress = togetherOf(transfer.links);
  const title = titleOf(transfer);
  return (
    <li className={classes.row}>
      <div className={classes.name}>
        <Link to="/transfers/$transfer" params={{ transfer: transfer.id }} search={{}}>{title}</Link>
        {transfer.name !== null && <span className={classes.way}>{wayText(transfer)}</span>}
      </div>
      <div className={classes.bar}>
        <Bar label={`Progress of ${title}`} share={shareOf(progress)} failed={progress.filesTotal > 0 ? progress.failed / progress.filesTotal : 0} />
        <span className={classes.soft}>{filesText(progress)} · {amountText(progress)}{progress.failed > 0 && <span className={classes.failed}> · {countText(progress.failed)} failed</span>}</span>
      </div>
      <span className={classes.rate}>{bytesText(progress.bytesPerSecond)}/s</span>
      <span className={classes.left}>{remainingText(progress) ?? (progress.isTotalFinal ? '' : 'still finding files')}</span>
    </li>
  );
}
