import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '@/api/me';
import { Page } from '@/components/page/Page';
import { ManifestEditor } from './manifest/ManifestEditor';
import { AdministratorsOnly } from './own/AdministratorsOnly';
import classes from './ProviderPage.module.css';

/** An API that has no provider yet is described by hand. */
export function NewProviderPage() {
  const me = useQuery(meQuery).data;
  const above = <Link to="/providers" search={{}} className={classes.above}>Providers</Link>;
  if (me !== undefined && !me.is_administrator) return <AdministratorsOnly title="New provider" above={above} />;
  return <Page title="New provider" above={above} lead={<>Describe an API once, and plans can use it. Where it has an OpenAPI document, <Link to="/import-provider" search={{}}>import that</Link> instead.</>}><ManifestEditor /></Page>;
}
