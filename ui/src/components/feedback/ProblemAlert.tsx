import { Alert, Button } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';

/** Why something could not be done, in the hub's own words, and a way to try again. What was typed stays where it is. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Alert color="red" variant="light" role="alert" icon={<TriangleAlert size={18} />} title={titleOf(error)}>
      {messageOf(error)}
      {onRetry !== undefined && <div><Button mt="sm" size="xs" variant="default" onClick={onRetry}>Try again</Button></div>}
    </Alert>
  );
}

/** What stands above the sentence. */
export const titleOf = (error: unknown): string => (error instanceof Error && 'title' in error && typeof error.title === 'string' ? error.title : 'That did not work');

/** The sentence to show for whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
