interface Page<Item> {
  items: Item[];
  /** Where the next one begins. */
  next?: string | null;
}

/** Reads a list of the hub to its end, or so many pages of it. */
export async function allPages<Item>(
  read: (query: { limit: string; after: string | undefined }) => Promise<Page<Item>>,
  pagesMax = Infinity,
): Promise<{ items: Item[]; isCut: boolean }> {
  const items: Item[] = [];
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const answer = await read({ limit: '500', after });
    items.push(...answer.items);
    if (answer.next == null) return { items, isCut: false };
    after = answer.next;
  }
  return { items, isCut: true };
}
