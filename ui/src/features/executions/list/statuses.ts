/** The states an execution can be in, as the hub names them. */
export const statuses = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
