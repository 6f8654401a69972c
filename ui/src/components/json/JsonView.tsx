import { ActionIcon, Tooltip } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from './copy';
import classes from './JsonView.module.css';

/** A value as it is, to be read and copied. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <div className={classes.json}>
      <pre className={classes.text} tabIndex={0} aria-label={label}>{text}</pre>
      <div className={classes.copy}><Copier text={text} label={`Copy ${label.toLowerCase()}`} /></div>
    </div>
  );
}

/** A small button that copies a text, and says that it did. */
export function Copier({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const back = useTimeout(() => setCopied(false), 1_000);
  const copy = async () => {
    setCopied(await copyText(text));
    back.start();
  };
  return (
    <Tooltip label={copied ? 'Copied' : label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => void copy()}>{copied ? <Check size={14} /> : <Copy size={14} />}</ActionIcon>
    </Tooltip>
  );
}
