import type { ReactNode } from 'react';
import classes from './Card.module.css';

interface CardProps {
  title?: ReactNode;
  actions?: ReactNode;
  /** The content reaches the card's edges: tables, lists, charts. */
  flush?: boolean;
  children: ReactNode;
}

/** A surface with one subject. */
export function Card({ title, actions, flush = false, children }: CardProps) {
  return (
    <section className={classes.card} data-flush={flush || undefined}>
      {(title != null || actions != null) && (
        <div className={classes.head}>
          {title != null && <h2 className={classes.title}>{title}</h2>}
          {actions != null && <div className={classes.actions}>{actions}</div>}
        </div>
      )}
      <div className={classes.body}>{children}</div>
    </section>
  );
}
