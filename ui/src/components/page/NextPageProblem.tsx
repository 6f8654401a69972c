import { Button } from '@mantine/core';
import { messageOf } from '../feedback/ProblemAlert';
import type { PagedList } from './next-page';
import classes from './NextPageProblem.module.css';

/** Why a list goes on no further than its rows that are here, and a way to ask again. */
export function NextPageProblem({ failure, list }: { failure: Error; list: PagedList }) {
  return (
    <div className={classes.problem} role="alert">
      <span>What comes next could not be read. {messageOf(failure)}</span>
      <Button size="compact-xs" variant="default" onClick={() => void list.fetchNextPage()}>Try again</Button>
    </div>
  );
}
