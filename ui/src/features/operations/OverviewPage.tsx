import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { overviewQuery, type Overview } from '@/api/overview';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { bytesText, countText } from '@/components/time/words';
import { HourCard } from './overview/HourCard';
import type { Series } from './overview/HourChart';
import { pointsOf } from './overview/hours';
import { ApprovalsCard, FailedCard, HealthCard, NextCard, RunningCard } from './overview/Lists';
import { Start } from './overview/Start';
import { Tiles } from './overview/Tiles';
import { sumOf } from './overview/tiles';
import classes from './overview/Overview.module.css';

const executionSeries: readonly Series[] = [
  { key: 'succeeded', label: 'Succeeded', color: 'var(--good-fill)' },
  { key: 'failed', label: 'Failed', color: 'var(--bad-fill)' },
  { key: 'cancelled', label: 'Cancelled', color: 'var(--quiet-fill)' },
  { key: 'open', label: 'Under way', color: 'var(--accent)' },
];
const byteSeries: readonly Series[] = [{ key: 'bytes', label: 'Moved', color: 'var(--accent)' }];

/** What is running, what failed, what is late, and how much there was. */
export function OverviewPage() {
  const overview = useQuery(overviewQuery);
  return (
    <Page title="Overview">
      {overview.data === undefined
        ? overview.error === null ? <Loading what="The overview" /> : <ProblemAlert error={overview.error} onRetry={() => void overview.refetch()} />
        : <Content overview={overview.data} />}
    </Page>
  );
}

function Content({ overview }: { overview: Overview }) {
  const search = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const show = (next: typeof search) => void navigate({ search: { ...search, ...next }, replace: true });
  const points = pointsOf(overview.hours);
  const total = sumOf(overview, 'total');
  return (
    <>
      <Tiles overview={overview} />
      {total === 0 && overview.running + overview.waiting === 0 && <Start />}
      <div className={classes.columns}>
        <div className={classes.column}>
          <div className={classes.charts}>
            <HourCard title="Executions" sum={`${countText(total)} in 24 h`} points={points} series={executionSeries} text={countText} none="Nothing ran in the last 24 hours." as={search.executions} onAs={as => show({ executions: as })} />
            <HourCard title="Moved" sum={`${bytesText(sumOf(overview, 'bytes'))} in ${countText(sumOf(overview, 'files'))} files`} points={points} series={byteSeries} text={bytesText} none="No file was moved in the last 24 hours." as={search.moved} onAs={as => show({ moved: as })} />
          </div>
          <FailedCard />
        </div>
        <div className={classes.column}>
          <ApprovalsCard />
          <RunningCard />
          <NextCard />
          <HealthCard />
        </div>
      </div>
    </>
  );
}
