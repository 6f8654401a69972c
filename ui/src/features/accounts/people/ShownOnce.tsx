import { Alert, Button, Modal, Stack, Text } from '@mantine/core';
import { Copier } from '@/components/json/JsonView';
import classes from './ShownOnce.module.css';

interface ShownOnceProps {
  title: string;
  secret: string;
  children: string;
  onClose: () => void;
}

/** A secret that the hub does not keep: it is copied now or never. */
export function ShownOnce({ title, secret, children, onClose }: ShownOnceProps) {
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false} title={<Text fw={600} component="span">{title}</Text>}>
      <Stack gap="md">
        <Alert color="amber" variant="light">{children}</Alert>
        <div className={classes.secret}><code aria-label={title}>{secret}</code><Copier text={secret} label="Copy it" /></div>
        <Button onClick={onClose}>I have copied it</Button>
      </Stack>
    </Modal>
  );
}
