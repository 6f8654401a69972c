/** How a plan is shown: as text and graph side by side, or as one of them. */
export const views = ['both', 'yaml', 'graph'] as const;

export type View = (typeof views)[number];
