import { SegmentedControl, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';

interface ChoiceFilterProps<Value extends string> {
  label: string;
  /** What stands for no choice. */
  all: string;
  choices: readonly Value[];
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}

const narrow = '(max-width: 760px)';

/** One of a few, or all of them: side by side where there is room, else as a list. */
export function ChoiceFilter<Value extends string>({ label, all, choices, value, onChange }: ChoiceFilterProps<Value>) {
  const isNarrow = useMediaQuery(narrow, window.matchMedia(narrow).matches);
  const data: { value: string; label: string }[] = [{ value: 'all', label: isNarrow ? all : 'All' }, ...choices.map(choice => ({ value: choice, label: choice.charAt(0).toUpperCase() + choice.slice(1) }))];
  const choose = (next: string | null) => onChange(choices.find(choice => choice === next));
  return isNarrow
    ? <Select size="xs" aria-label={label} value={value ?? 'all'} data={data} onChange={choose} allowDeselect={false} />
    : <SegmentedControl size="xs" aria-label={label} value={value ?? 'all'} data={data} onChange={choose} />;
}
