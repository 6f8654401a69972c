import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useRouter } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

interface SearchFieldProps {
  label: string;
  value: string | undefined;
  /** Called a moment after the last key; undefined when the field is empty. */
  onChange: (text: string | undefined) => void;
  width?: number | string;
}

/** The search of a list. The key `/` goes to the first one of a page. */
export function SearchField({ label, value, onChange, width = 260 }: SearchFieldProps) {
  const [text, setText] = useState(value ?? '');
  const told = useRef(value ?? '');
  useEffect(() => {
    // The address changed by itself: back, a link, a cleared filter.
    if ((value ?? '') === told.current) return;
    told.current = value ?? '';
    setText(value ?? '');
  }, [value]);
  const router = useRouter();
  const tell = useDebouncedCallback((next: string, page: string) => {
    // Whoever goes elsewhere meanwhile is not called back: this page is still here until the next one is.
    if (router.latestLocation.pathname !== page) return;
    told.current = next;
    onChange(next === '' ? undefined : next);
  }, 100);
  const change = (next: string) => {
    setText(next);
    tell(next, router.latestLocation.pathname);
  };
  return (
    <TextInput
      aria-label={label} placeholder={label} value={text} w={width} maw="100%" data-search="" leftSection={<Search size={15} aria-hidden="true" />}
      onChange={event => change(event.currentTarget.value)}
      onKeyDown={event => { if (event.key === 'Escape') { if (text === '') event.currentTarget.blur(); else change(''); } }}
      rightSection={text === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />}
    />
  );
}
