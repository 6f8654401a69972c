import type { ReactNode } from 'react';
import classes from './Filters.module.css';

/** What narrows the list below it. It lives in the address. */
export function Filters({ children }: { children: ReactNode }) {
  return <div className={classes.filters} role="search">{children}</div>;
}
