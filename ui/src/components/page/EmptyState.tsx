import type { ReactNode } from 'react';
import classes from './EmptyState.module.css';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** What this place is for, and the next step. */
  children?: ReactNode;
  action?: ReactNode;
}

/** A place with nothing in it yet, which teaches the next step. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {icon != null && <div className={classes.icon} aria-hidden="true">{icon}</div>}
      <p className={classes.title}>{title}</p>
      {children != null && <div className={classes.text}>{children}</div>}
      {action}
    </div>
  );
}
