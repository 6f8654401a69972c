/** What the hub answered instead of what was asked for (RFC 9457): `detail` is a sentence that people can act on. */
export class ProblemError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.name = 'ProblemError';
    this.status = status;
    this.title = title;
  }
}

/** The hub did not answer, or not to the end: it is restarted, or the network is gone. What only asks is asked again. */
export class UnreachableError extends Error {
  readonly title = 'No answer';

  /** @param changes What was sent changes something, and is not sent again by itself. */
  constructor(changes = false) {
    super(changes ? 'The hub did not answer, so nobody knows here whether this was done. Look when it is back, and send it again if it was not: what you typed stays.'
      : 'The hub does not answer. As soon as it does, this page goes on by itself.');
    this.name = 'UnreachableError';
  }
}

/** A problem from an answer's body, whatever a proxy in between made of it. */
export function problemFrom(status: number, body: unknown): ProblemError {
  const problem = typeof body === 'object' && body !== null ? (body as { title?: unknown; detail?: unknown }) : {};
  const title = typeof problem.title === 'string' ? problem.title : `Status ${status}`;
  const detail = typeof problem.detail === 'string' ? problem.detail : `The hub answered with status ${status} and no explanation. Its log may tell more.`;
  return new ProblemError(status, title, detail);
}

/** Whether the hub is expected to answer when it is asked again. */
export const isPassing = (error: unknown): boolean => error instanceof UnreachableError || (error instanceof ProblemError && [502, 503, 504].includes(error.status));

export const isStatus = (error: unknown, status: number): boolean => error instanceof ProblemError && error.status === status;
