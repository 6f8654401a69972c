import { useInfiniteQuery } from '@tanstack/react-query';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { countText, plural } from '@/components/time/words';
import { manifestQuery } from '../api/list-manifest';
import { failureGroups } from './failures';
import classes from './Failures.module.css';

const pathsMax = 6;

/** What failed, and why: files with the same reason together. */
export function Failures({ id, count }: { id: string; count: number }) {
  const failed = useInfiniteQuery(manifestQuery(id, { result: 'failed' }));
  const files = failed.data?.pages.flatMap(page => page.items) ?? [];
  if (failed.error !== null) return <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} />;
  return (
    <Card title={`${plural(count, 'file')} failed`}>
      <ul className={classes.groups}>
        {failureGroups(files).map(group => (
          <li key={group.reason}>
            <p className={classes.reason}>{group.reason}</p>
            <p className={classes.hint}>{plural(group.paths.length, 'file')} · {group.isTransient ? 'trying again may help' : 'trying again does not help by itself'}</p>
            <ul className={classes.paths}>
              {group.paths.slice(0, pathsMax).map(path => <li key={path}>{path === '' ? 'the source itself' : path}</li>)}
              {group.paths.length > pathsMax && <li className={classes.rest}>and {countText(group.paths.length - pathsMax)} more</li>}
            </ul>
          </li>
        ))}
      </ul>
      {failed.hasNextPage && <p className={classes.more}>These are the first {countText(files.length)}; all of them are in the list of files.</p>}
    </Card>
  );
}
