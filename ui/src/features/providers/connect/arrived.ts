// Taken before the router reads the address: it takes a code of digits for a number, and a long one loses its end.
const arrived = new URLSearchParams(location.pathname === '/connect' ? location.search : '');

/** What a provider sent a person back with, letter by letter; undefined when the page was come to otherwise. */
export const arrivedWith = (name: string): string | undefined => arrived.get(name) || undefined;
