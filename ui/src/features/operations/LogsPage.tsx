import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { LogBuffer } from '@/components/log/log-buffer';
import { LogView } from '@/components/log/LogView';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { followSystemLog, systemLogQuery, type SystemLogFilter } from './api/follow-system-log';
import { lineOf } from './logs/lines';

/** What the hub itself tells, by its parts, as it happens. */
export function LogsPage() {
  const me = useQuery(meQuery).data;
  if (me?.is_administrator === false) {
    return <Page title="Logs"><Card><EmptyState icon={<FileText size={22} />} title="The hub’s own log is for administrators">What your plans logged is with each execution, under Log.</EmptyState></Card></Page>;
  }
  return <SystemLog />;
}

function SystemLog() {
  const search = useSearch({ from: '/shell/logs' });
  const navigate = useNavigate({ from: '/logs' });
  const about = useQuery(systemLogQuery);
  const set = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true });
  return (
    <Page title="Logs" fill lead={about.data !== undefined && `The newest lines of this hub. All of them are in ${about.data.file} and the older files beside it.`}>
      <Filters>
        <Select
          aria-label="Component" placeholder="Every part of the hub" clearable searchable size="xs" w={220} value={search.component ?? null} clearButtonProps={{ 'aria-label': 'Every part of the hub' }}
          data={[...new Set([...(about.data?.components ?? []), ...(search.component === undefined ? [] : [search.component])])]} onChange={component => set({ component: component ?? undefined })} nothingFoundMessage="It has told nothing"
        />
      </Filters>
      <Lines key={`${search.component} ${search.level} ${search.q}`} filter={search} onFilter={({ level, text }) => set({ level, q: text })} />
    </Page>
  );
}

interface LinesProps {
  filter: SystemLogFilter & { level?: 'debug' | 'info' | 'warning' | 'error' };
  onFilter: Parameters<typeof LogView>[0]['onFilter'];
}

/** The hub searches: its own memory reaches further back than what is shown here. */
function Lines({ filter, onFilter }: LinesProps) {
  const [buffer] = useState(() => new LogBuffer());
  const [isLive, setLive] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { component, level, q } = filter;
  useEffect(() => {
    const stop = new AbortController();
    followSystemLog({ component, level, q }, { onLines: lines => buffer.append(lines.map(lineOf)), onLive: setLive, signal: stop.signal }).catch(setError);
    return () => stop.abort();
  }, [buffer, component, level, q]);
  if (error !== null) return <ProblemAlert error={error} />;
  return <LogView label="Log of the hub" buffer={buffer} filter={{ level, text: q }} onFilter={onFilter} live={isLive} empty="No line fits." />;
}
