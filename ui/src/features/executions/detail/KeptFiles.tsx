import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { bytesText } from '@/components/time/words';
import { executionFileLink, filesQuery } from '../api/list-files';
import classes from './DataTab.module.css';

/** What its steps were answered with as files, to be saved. Nothing when there are none. */
export function KeptFiles({ execution, isOver }: { execution: string; isOver: boolean }) {
  const files = useQuery({ ...filesQuery(execution), refetchInterval: isOver ? false : 5_000 });
  if (files.error !== null) return <ProblemAlert error={files.error} onRetry={() => void files.refetch()} />;
  if (files.data === undefined || files.data.items.length === 0) return null;
  return (
    <Card title="Files">
      <ul className={classes.children}>
        {files.data.items.map(file => (
          <li key={file.id}><Anchor href={executionFileLink(file.url)} download={file.name}>{file.name}</Anchor><span className={classes.none}>{bytesText(file.size)}, {file.content_type}, of step {file.step}</span></li>
        ))}
      </ul>
      {files.data.next !== null && <p className={classes.none}>There are more than 500; the API lists all of them.</p>}
    </Card>
  );
}
