import type { CSSVariablesResolver } from '@mantine/core';

const tones = { red: 'bad', green: 'good', amber: 'warn', yellow: 'warn', orange: 'warn', accent: 'accent', blue: 'accent', gray: 'quiet' };

const soft = Object.fromEntries(Object.entries(tones).flatMap(([color, tone]) => [
  [`--mantine-color-${color}-light`, `var(--${tone}-soft)`],
  [`--mantine-color-${color}-light-hover`, `color-mix(in srgb, var(--${tone}-soft) 80%, var(--${tone === 'quiet' ? 'text-soft' : tone}))`],
  [`--mantine-color-${color}-light-color`, tone === 'quiet' ? 'var(--text)' : tone === 'accent' ? 'var(--accent-text)' : `var(--${tone})`],
]));

const both = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-soft)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-default-hover': 'var(--surface-hover)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-placeholder': 'var(--text-soft)',
  '--mantine-color-anchor': 'var(--accent-text)',
  ...soft,
};

/** Mantine's colours in the words of global.css, so that there is one place for both themes. */
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: both, dark: both });
