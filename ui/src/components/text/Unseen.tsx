import type { ReactNode } from 'react';
import classes from './Unseen.module.css';

/** Words for those who hear the page; those who see it are told in another way. */
export function Unseen({ role, children }: { role?: 'status'; children: ReactNode }) {
  return <span role={role} className={classes.unseen}>{children}</span>;
}
