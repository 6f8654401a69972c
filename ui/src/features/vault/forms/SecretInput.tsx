import { Anchor, PasswordInput, Textarea } from '@mantine/core';
import { useState } from 'react';

interface SecretInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  description?: string;
  required?: boolean;
}

/** A secret that is typed: hidden, or in several lines for keys. */
export function SecretInput({ label, value, onChange, description, required = true }: SecretInputProps) {
  const [many, setMany] = useState(false);
  return (
    <div>
      {many
        ? <Textarea label={label} description={description} value={value} onChange={event => onChange(event.currentTarget.value)} autosize minRows={4} maxRows={12} spellCheck={false} autoComplete="off" required={required} withAsterisk={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }} />
        : <PasswordInput label={label} description={description} value={value} onChange={event => onChange(event.currentTarget.value)} autoComplete="new-password" required={required} withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': 'Show what was typed' }} />}
      <Anchor component="button" type="button" size="xs" mt={4} onClick={() => setMany(!many)}>{many ? 'In one line, hidden' : 'It has several lines, as a key'}</Anchor>
    </div>
  );
}
