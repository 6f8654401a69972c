import { ActionIcon, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { endpointNamesQuery } from '@/api/endpoint-names';
import { splitAddress } from './draft';
import classes from './AddressField.module.css';

interface AddressFieldProps {
  label: string;
  value: string;
  onChange: (address: string) => void;
  onRemove?: () => void;
  placeholder?: string;
  disabled?: boolean;
}

const other = 'Another address …';

/** A place: a saved endpoint and a path in it, or an address of any kind. */
export function AddressField({ label, value, onChange, onRemove, placeholder, disabled }: AddressFieldProps) {
  const endpoints = useQuery(endpointNamesQuery);
  const names = (endpoints.data ?? []).map(endpoint => endpoint.name);
  const { endpoint, path } = splitAddress(value, names);
  const chosen = endpoint ?? (value === '' ? null : other);
  return (
    <div role="group" aria-label={label}>
      <div className={classes.label} aria-hidden="true">{label}</div>
      <div className={classes.row} data-plain={onRemove === undefined || undefined}>
        <Select
          aria-label={`${label}: endpoint`} placeholder="Endpoint" searchable value={chosen} disabled={disabled} data={[...names, other]} nothingFoundMessage="No such endpoint"
          onChange={next => onChange(next === other ? (endpoint === null ? path : '/') : `${next ?? ''}:${endpoint === null ? '' : path}`)}
        />
        <TextInput
          aria-label={`${label}: ${endpoint === null ? 'address' : 'path'}`} value={path} disabled={disabled} spellCheck={false} autoComplete="off"
          placeholder={endpoint === null ? 'sftp://user@host/path' : placeholder ?? 'the whole endpoint'}
          onChange={event => onChange(endpoint === null ? event.currentTarget.value : `${endpoint}:${event.currentTarget.value}`)}
        />
        {onRemove !== undefined && <ActionIcon variant="subtle" color="gray" size={36} aria-label={`Take '${label}' out`} onClick={onRemove} disabled={disabled}><X size={16} /></ActionIcon>}
      </div>
    </div>
  );
}
