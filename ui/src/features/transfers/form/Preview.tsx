import { Button, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import type { NewTransfer } from '../api/change-transfer';
import { previewQuery } from '../api/preview-transfer';
import { previewText } from './preview';
import classes from './Preview.module.css';

const someMax = 30;
const manyMax = 500;
const quietMilliseconds = 450;

/** What would happen to real files: it follows what is written, and moves nothing. */
export function Preview({ request, isChain }: { request: NewTransfer | null; isChain: boolean }) {
  const [limit, setLimit] = useState(someMax);
  const [asked] = useDebouncedValue(request, quietMilliseconds);
  const preview = useQuery(previewQuery(asked, limit));
  const files = preview.data?.files ?? [];
  const isStale = preview.isPlaceholderData || preview.isFetching;
  return (
    <Card title={isChain ? 'What would happen on the first link' : 'What would happen'} actions={request !== null && preview.isFetching && <Loader size={16} role="status" aria-label="It is being looked at" />} flush>
      {request === null ? <p className={classes.nothing}>Choose where from and where to: then the first files and where each would be are shown here. Nothing is moved.</p>
        : preview.error !== null && !preview.isFetching ? <div className={classes.problem}><ProblemAlert error={preview.error} onRetry={() => void preview.refetch()} /></div>
          : preview.data === undefined ? <p className={classes.nothing}>The source is being looked at …</p> : (
            <div className={isStale ? classes.stale : undefined}>
              <p className={classes.sum}>{previewText(preview.data)}{files.length > 0 && <> Target: <b>{preview.data.to}</b></>}</p>
              {files.length > 0 && (
                <ul className={classes.list} tabIndex={0} aria-label="Files that would take part">
                  {files.map(file => (
                    <li key={`${file.result} ${file.path}`} className={classes.row}>
                      <StatusBadge status={file.result === 'copied' ? 'to_copy' : file.result === 'deleted' ? 'to_delete' : file.result} />
                      <span className={classes.path}>{file.path === '' ? 'the file itself' : file.path}</span>
                      {file.target_path != null && file.target_path !== file.path && file.result !== 'deleted' && <span className={classes.to}>→ {file.target_path}</span>}
                      {file.reason != null && <span className={classes.reason}>{file.reason}</span>}
                    </li>
                  ))}
                </ul>
              )}
              {!preview.data.is_whole && limit === someMax && <div className={classes.problem}><Button mt="sm" size="xs" variant="default" onClick={() => setLimit(manyMax)}>Show up to {manyMax}</Button></div>}
            </div>
          )}
    </Card>
  );
}
