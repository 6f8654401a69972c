import { useFocusReturn, useFocusTrap } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { Me } from '@/api/me';
import { presentQuery } from '@/api/overview';
import { BrandMark } from '@/components/brand/BrandMark';
import { Unseen } from '@/components/text/Unseen';
import { countText } from '@/components/time/words';
import { countOf, type PlaceCount } from './counts';
import { navigation, type Place } from './navigation';
import classes from './Shell.module.css';

const PersonMenu = lazy(() => import('./PersonMenu').then(module => ({ default: module.PersonMenu })));

interface SidebarProps {
  me: Me;
  opened: boolean;
  onClose: () => void;
  onPalette: () => void;
  onHelp: () => void;
}

export function Sidebar({ me, opened, onClose, onPalette, onHelp }: SidebarProps) {
  const present = useQuery({ ...presentQuery, enabled: me.role !== null }).data;
  // On narrow screens it lies above the page, as a dialog does.
  const trap = useFocusTrap(opened);
  useFocusReturn({ opened });
  return (
    <>
      <button type="button" className={classes.shade} data-opened={opened || undefined} aria-label="Close the navigation" tabIndex={opened ? 0 : -1} onClick={onClose} />
      <aside ref={trap} className={classes.sidebar} aria-label="Navigation" data-opened={opened || undefined} onKeyDown={event => { if (event.key === 'Escape') onClose(); }}>
        <Link to="/" className={classes.brand} onClick={onClose}><BrandMark />Gantry</Link>
        <button type="button" className={classes.search} onClick={() => { onClose(); onPalette(); }}>
          <Search size={15} aria-hidden="true" /><span>Go to, run …</span><kbd className={classes.kbd}>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
        </button>
        <nav className={classes.groups} aria-label="Pages">
          {navigation.map(group => (
            <div key={group.label ?? ''}>
              {group.label !== null && <span className={classes.groupLabel} id={`nav-${group.label}`}>{group.label}</span>}
              <ul className={classes.group} aria-labelledby={group.label === null ? undefined : `nav-${group.label}`}>
                {group.places.map(place => <li key={place.to}><PlaceLink place={place} count={countOf(place.to, present)} onClick={onClose} /></li>)}
              </ul>
            </div>
          ))}
        </nav>
        <div className={classes.foot}><Suspense><PersonMenu me={me} onHelp={onHelp} /></Suspense></div>
      </aside>
    </>
  );
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

const here = { 'data-status': 'active', 'aria-current': 'page' } as const;

function PlaceLink({ place, count, onClick }: { place: Place; count: PlaceCount | null; onClick: () => void }) {
  const path = useLocation({ select: location => location.pathname });
  return (
    <Link to={place.to} className={classes.place} activeOptions={{ exact: place.to === '/', includeSearch: false }} inactiveProps={place.also?.includes(path) ? here : undefined} onClick={onClick}>
      <place.icon size={17} strokeWidth={1.8} aria-hidden="true" />
      <span className={classes.placeLabel}>{place.label}</span>
      {count !== null && <span className={classes.count} data-tone={count.tone} title={`${countText(count.count)} ${count.what}`}>{countText(count.count)}<Unseen> {count.what}</Unseen></span>}
      {place.soon && <span className={classes.soon}>soon</span>}
    </Link>
  );
}
