import { ActionIcon, Button, Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Unseen } from '@/components/text/Unseen';
import { bytesText, countText } from '@/components/time/words';
import { forget, useWorks, type Work } from './work';
import classes from './WorkList.module.css';

const shown = 4;

/** What was begun on this page, with a bar while it goes on. */
export function WorkList() {
  const works = useWorks();
  if (works.length === 0) return null;
  return (
    <section className={classes.works} aria-label="Uploads and transfers of this page">
      <Unseen role="status">{works[0]!.title}: {works[0]!.status}</Unseen>
      {works.slice(0, shown).map(work => <Row key={work.id} work={work} />)}
      {works.length > shown && <Link to="/transfers" className={classes.more}>All transfers</Link>}
    </section>
  );
}

function Row({ work }: { work: Work }) {
  const isRunning = work.status === 'running';
  const percent = work.bytesTotal === null || work.bytesTotal === 0 ? (isRunning ? 0 : 100) : Math.min(100, (100 * work.bytesDone) / work.bytesTotal);
  return (
    <div className={classes.work}>
      <StatusBadge status={work.status} compact />
      <div className={classes.middle}>
        <div className={classes.line}>
          <span className={classes.title} title={work.title}>{work.title}</span>
          <span className={classes.amount}>{amountOf(work)}</span>
          {work.transfer !== undefined && <Link to="/transfers/$transfer" params={{ transfer: work.transfer }} search={{}} className={classes.watch}>Watch it</Link>}
        </div>
        {isRunning && <Progress value={percent} size={4} radius="xl" aria-label={`${work.title}: ${Math.round(percent)} %`} />}
        {work.error !== undefined && work.status === 'failed' && <p className={classes.error}>{work.error}</p>}
      </div>
      {isRunning && work.stop !== undefined && <Button size="compact-xs" variant="subtle" color="gray" onClick={work.stop}>Stop</Button>}
      {!isRunning && <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Forget '${work.title}'`} onClick={() => forget(work.id)}><X size={14} /></ActionIcon>}
    </div>
  );
}

function amountOf(work: Work): string {
  const bytes = work.bytesTotal === null ? (work.bytesDone > 0 ? bytesText(work.bytesDone) : '') : work.status === 'running' ? `${bytesText(work.bytesDone)} of ${bytesText(work.bytesTotal)}` : bytesText(work.bytesDone);
  const files = work.filesTotal === null ? (work.filesDone > 0 ? `${countText(work.filesDone)} files` : '') : `${countText(work.filesDone)} of ${countText(work.filesTotal)} files`;
  return [files, bytes].filter(part => part !== '').join(', ');
}
