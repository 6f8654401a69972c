import { ActionIcon } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Menu, Search } from 'lucide-react';
import { BrandMark } from '@/components/brand/BrandMark';
import classes from './Shell.module.css';

/** On narrow screens only: the way to the navigation. */
export function TopBar({ opened, onMenu, onPalette }: { opened: boolean; onMenu: () => void; onPalette: () => void }) {
  return (
    <nav aria-label="Bar" className={classes.topBar}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Navigation" aria-expanded={opened} onClick={onMenu}><Menu size={20} /></ActionIcon>
      <Link to="/" className={classes.brand}><BrandMark size={24} />Gantry</Link>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Go to, run …" onClick={onPalette}><Search size={19} /></ActionIcon>
    </nav>
  );
}
