import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { manifestQuery } from './api/manifest';
import { ManifestEditor } from './manifest/ManifestEditor';
import { AdministratorsOnly } from './own/AdministratorsOnly';
import classes from './ProviderPage.module.css';

/** A provider of this hub is changed. */
export function ManifestPage() {
  const { provider } = useParams({ from: '/shell/providers/$provider/manifest' });
  const me = useQuery(meQuery).data;
  const query = useQuery({ ...manifestQuery(provider), enabled: me?.is_administrator === true });
  const above = <Link to="/providers/$provider" params={{ provider }} search={{}} className={classes.above}>{provider}</Link>;
  if (me !== undefined && !me.is_administrator) return <AdministratorsOnly title={`Change ${provider}`} above={above} />;
  return (
    <Page title={`Change ${provider}`} above={above}>
      {query.data === undefined && (query.error === null ? <Loading what="The manifest" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />)}
      {query.data !== undefined && <ManifestEditor key={provider} id={provider} saved={query.data} />}
    </Page>
  );
}
