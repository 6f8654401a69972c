import { Button, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { FolderTree } from 'lucide-react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { endpointsQuery } from './api/list-endpoints';
import { TwoPanes } from './files/TwoPanes';

const twoPanesFrom = 860;

/** Files of any two endpoints, side by side. */
export function FilesPage() {
  const me = useQuery(meQuery).data;
  const endpoints = useQuery(endpointsQuery);
  const { ref, width } = useElementSize();
  const { side = 'left' } = useSearch({ from: '/shell/files' });
  const navigate = useNavigate({ from: '/files' });
  const isNarrow = width > 0 && width < twoPanesFrom;
  if (me !== undefined && !may(me, 'operator')) {
    return (
      <Page title="Files">
        <Card><EmptyState icon={<FolderTree size={22} />} title="Files are for operators">Looking into an endpoint signs in there with the workspace's credentials. An owner of this workspace can make you an operator; what was moved is under <Link to="/transfers">Transfers</Link>.</EmptyState></Card>
      </Page>
    );
  }
  if (endpoints.data === undefined) return <Page title="Files">{endpoints.error === null ? <Loading what="The endpoints" /> : <ProblemAlert error={endpoints.error} onRetry={() => void endpoints.refetch()} />}</Page>;
  if (endpoints.data.length === 0) {
    return (
      <Page title="Files">
        <Card><EmptyState icon={<FolderTree size={22} />} title="There is no place to look into yet" action={<Button renderRoot={props => <Link {...props} to="/endpoints" search={{ new: 'choose' }} />}>Connect an endpoint</Button>}>Connect a server, a bucket or a folder first. Then its files are here, two places side by side.</EmptyState></Card>
      </Page>
    );
  }
  return (
    <Page
      title="Files" fill
      actions={isNarrow && <SegmentedControl size="xs" aria-label="Pane" value={side} data={[{ value: 'left', label: 'Left' }, { value: 'right', label: 'Right' }]} onChange={next => void navigate({ search: previous => ({ ...previous, side: next === 'right' ? 'right' : undefined }), replace: true })} />}
    >
      <div ref={ref} style={{ display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0, gap: 12 }}><TwoPanes endpoints={endpoints.data} isNarrow={isNarrow} /></div>
    </Page>
  );
}
