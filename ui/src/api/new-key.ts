/** A name for one start, so that the hub does it once however often it is sent. What browsers have for it is missing on pages by plain HTTP from another machine. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
