import { Link } from '@tanstack/react-router';
import type { EndpointUse } from '../api/list-uses';
import classes from './Uses.module.css';

const shown = 3;

/** What names an endpoint, each with a way to it. */
export function Uses({ uses, all = false }: { uses: readonly EndpointUse[]; all?: boolean }) {
  const few = all ? uses : uses.slice(0, shown);
  return (
    <span className={classes.uses}>
      {few.map((use, index) => (
        <span key={use.plan}>
          {use.is_template
            ? <Link to="/templates/$template" params={{ template: use.plan }} className={classes.use}>{use.plan}</Link>
            : <Link to="/plans/$plan" params={{ plan: use.plan }} className={classes.use}>{use.plan}</Link>}
          {index < few.length - 1 && ', '}
        </span>
      ))}
      {uses.length > few.length && ` and ${uses.length - few.length} more`}
    </span>
  );
}
