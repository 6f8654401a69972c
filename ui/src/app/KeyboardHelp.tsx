import { Kbd, Modal, Table, Text } from '@mantine/core';
import { places } from './navigation';

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={<Text fw={600} component="span">Keyboard</Text>} size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          <Row keys={['Ctrl', 'K']} what="Go to a page, a plan or an execution; run a plan" />
          <Row keys={['/']} what="Search this page; where there is nothing to search, go to another" />
          <Row keys={['Esc', 'Tab']} what="Leave the YAML editor, in which Tab indents" />
          <Row keys={['?']} what="This help" />
          {places.map(place => <Row key={place.to} keys={['g', place.key]} what={place.label} />)}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function Row({ keys, what }: { keys: string[]; what: string }) {
  return <Table.Tr><Table.Td w={110}>{keys.map(key => <Kbd key={key} mr={4}>{key}</Kbd>)}</Table.Td><Table.Td>{what}</Table.Td></Table.Tr>;
}
