const key = 'gantry-workspace';

let current: string | null = read();

function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** The id of the workspace that requests are about; null for the person's first one. */
export const workspace = (): string | null => current;

/** For all requests from now on, and for the next visit. */
export function chooseWorkspace(id: string | null): void {
  current = id;
  try {
    if (id === null) localStorage.removeItem(key);
    else localStorage.setItem(key, id);
  } catch {
    // Storage may be switched off: then the choice lasts as long as the page.
  }
}
