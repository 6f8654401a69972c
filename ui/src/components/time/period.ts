/** A time before now that a filter of the address means: "1d", "7d", "30d"; undefined for others. */
export function sinceOf(period: string | undefined, now: number): string | undefined {
  const days = { '1d': 1, '7d': 7, '30d': 30 }[period ?? ''];
  // To the minute, so that the same filter is the same question for a while.
  return days === undefined ? undefined : new Date(Math.floor(now / 60_000) * 60_000 - days * 86_400_000).toISOString();
}
