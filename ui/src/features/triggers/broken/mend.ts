/** The endpoint that a trigger watches; null when it watches none. */
export function endpointOf(settings: unknown): string | null {
  const endpoint = typeof settings === 'object' && settings !== null && 'endpoint' in settings ? settings.endpoint : null;
  return typeof endpoint === 'string' && endpoint !== '' && !endpoint.includes('${') ? endpoint : null;
}
