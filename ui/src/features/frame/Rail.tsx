import { ActionIcon, Tooltip } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Logo } from './Logo'
import { PAGES } from './pages'
import { PlaceSwitch } from './PlaceSwitch'
import classes from './Rail.module.css'

interface RailProps {
  /** Icons alone. */
  isFolded: boolean
  onFold: () => void
}

/** The way to every page. */
export function Rail({ isFolded, onFold }: RailProps) {
  const Fold = isFolded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const fold = isFolded ? 'Unfold the rail' : 'Fold the rail'
  return (
    <nav className={classes.root} data-folded={isFolded || undefined} aria-label="Pages">
      <Link to="/" className={classes.brand} aria-label="Volery, home">
        <Logo />
        <span className={classes.word}>Volery</span>
      </Link>
      <PlaceSwitch isFolded={isFolded} />
      <ul className={classes.pages}>
        {PAGES.map(({ to, name, Icon }) => (
          <li key={to}>
            <Tooltip label={name} position="right" disabled={!isFolded}>
              <Link
                to={to}
                className={classes.page}
                activeProps={{ 'data-active': true }}
                activeOptions={{ exact: to === '/', includeSearch: false }}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                <span className={classes.word}>{name}</span>
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <ActionIcon aria-label={fold} title={fold} onClick={onFold}>
          <Fold size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </div>
    </nav>
  )
}
