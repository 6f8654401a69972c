import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, Server } from 'lucide-react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { endpointsQuery } from './api/list-endpoints';
import { kindsQuery } from './api/list-kinds';
import { EndpointForm } from './form/EndpointForm';
import { KindChooser } from './form/KindChooser';
import { EndpointCards } from './list/EndpointCards';
import classes from './EndpointsPage.module.css';

/** Places for files, what they are used for, and whether they work. */
export function EndpointsPage() {
  const { new: kind } = useSearch({ from: '/shell/endpoints' });
  return kind === undefined ? <EndpointList /> : <NewEndpoint kind={kind} />;
}

function EndpointList() {
  const { q } = useSearch({ from: '/shell/endpoints' });
  const navigate = useNavigate({ from: '/endpoints' });
  const me = useQuery(meQuery).data;
  const list = useQuery(endpointsQuery);
  const wanted = q?.toLowerCase();
  const endpoints = list.data?.filter(endpoint => wanted === undefined || `${endpoint.name} ${endpoint.kind} ${endpoint.address}`.toLowerCase().includes(wanted));
  const add = may(me, 'editor') && <Button leftSection={<Plus size={16} aria-hidden="true" />} onClick={() => void navigate({ search: { new: 'choose' } })}>New endpoint</Button>;
  return (
    <Page title="Endpoints" actions={list.data !== undefined && list.data.length > 0 && add}>
      {list.error !== null && list.data === undefined && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {list.isLoading && <Loading what="The endpoints" />}
      {list.data?.length === 0 && (
        <Card>
          <EmptyState icon={<Server size={22} />} title="No place for files is connected yet" action={add}>
            An endpoint is a place for files under a name: an SSH or FTP server, a bucket, a share, a folder of this machine. Plans and transfers then say <code>name:folder/file</code>.
          </EmptyState>
        </Card>
      )}
      {list.data !== undefined && list.data.length > 6 && <Filters><SearchField label="Search endpoints" value={q} onChange={text => void navigate({ search: { q: text }, replace: true })} /></Filters>}
      {endpoints !== undefined && endpoints.length > 0 && <EndpointCards key={q} endpoints={endpoints} />}
      {endpoints?.length === 0 && wanted !== undefined && <Card><EmptyState title="No endpoint fits" action={<Button variant="light" onClick={() => void navigate({ search: {} })}>Show all</Button>} /></Card>}
    </Page>
  );
}

function NewEndpoint({ kind }: { kind: string }) {
  const navigate = useNavigate({ from: '/endpoints' });
  const me = useQuery(meQuery).data;
  const kinds = useQuery(kindsQuery);
  const taken = useQuery(endpointsQuery).data ?? [];
  const chosen = kinds.data?.find(each => each.id === kind);
  const above = <Link to="/endpoints" search={{}} className={classes.above}>Endpoints</Link>;
  if (me !== undefined && !may(me, 'editor')) return <Page title="New endpoint" above={above}><Card><EmptyState icon={<Server size={22} />} title="Endpoints are connected by editors">What is connected already can be looked at under <Link to="/endpoints" search={{}}>Endpoints</Link>.</EmptyState></Card></Page>;
  if (kinds.data === undefined) return <Page title="New endpoint" above={above}>{kinds.error === null ? <Loading what="The kinds" /> : <ProblemAlert error={kinds.error} onRetry={() => void kinds.refetch()} />}</Page>;
  if (chosen === undefined) {
    return <Page title="New endpoint" above={above} lead="What sort of place is it?"><KindChooser kinds={kinds.data} onChoose={id => void navigate({ search: { new: id } })} /></Page>;
  }
  return (
    <Page title={`New endpoint: ${chosen.title}`} above={above} lead={chosen.help}>
      <div className={classes.form}>
        <EndpointForm
          key={chosen.id} kind={chosen} name={null} settings={{}} taken={taken.map(endpoint => endpoint.name)}
          onSaved={name => void navigate({ to: '/endpoints/$endpoint', params: { endpoint: name }, search: {} })} onCancel={() => void navigate({ search: { new: 'choose' } })}
        />
      </div>
    </Page>
  );
}
