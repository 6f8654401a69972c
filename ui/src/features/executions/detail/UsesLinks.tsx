import { Link } from '@tanstack/react-router';
import type { Uses } from './uses';
import classes from './UsesLinks.module.css';

/** Where to look next after a failure: the endpoints it was about, and the credentials that were refused. */
export function UsesLinks({ uses: { endpoints, credentials } }: { uses: Uses }) {
  if (endpoints.length + credentials.length === 0) return null;
  return (
    <p className={classes.uses}>
      {endpoints.length > 0 && <span>{endpoints.length === 1 ? 'Endpoint' : 'Endpoints'}: {endpoints.map(name => <Link key={name} to="/endpoints/$endpoint" params={{ endpoint: name }} search={{}}>{name}</Link>)}</span>}
      {credentials.length > 0 && <span>{credentials.length === 1 ? 'Credential' : 'Credentials'}: {credentials.map(name => <Link key={name} to="/credentials" search={{ q: name }}>{name}</Link>)}</span>}
    </p>
  );
}
