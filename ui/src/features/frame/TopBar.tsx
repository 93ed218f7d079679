import { ActionIcon } from '@mantine/core'
import { IconMenu2, IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { Name } from '@/components/name/Name'
import { useCrumbs } from '@/components/page/page'
import { ConnectionMark } from './ConnectionMark'
import { SchemeSwitch } from './SchemeSwitch'
import classes from './TopBar.module.css'
import { ZoneSwitch } from './ZoneSwitch'

interface TopBarProps {
  /** Opens the rail, where there is no room for it. */
  onMenu: () => void
  onSearch: () => void
}

/** Where the page is, the search, the connection, and what is chosen for all pages. */
export function TopBar({ onMenu, onSearch }: TopBarProps) {
  return (
    <header className={classes.root}>
      <ActionIcon className={classes.menu} aria-label="Pages" onClick={onMenu}>
        <IconMenu2 size={18} aria-hidden />
      </ActionIcon>
      <Breadcrumb />
      <button type="button" className={classes.search} onClick={onSearch}>
        <IconSearch size={15} aria-hidden />
        <span>Search or do</span>
        <kbd>Ctrl K</kbd>
      </button>
      <ConnectionMark />
      <ZoneSwitch />
      <SchemeSwitch />
    </header>
  )
}

function Breadcrumb() {
  const crumbs = useCrumbs()
  return (
    <nav className={classes.crumbs} aria-label="Breadcrumb">
      {crumbs.map(({ name, to }, place) => (
        <Fragment key={`${place} ${name}`}>
          {place > 0 && (
            <span className={classes.between} aria-hidden>
              /
            </span>
          )}
          {to ? (
            <Link to={to} className={classes.crumb} activeOptions={{ exact: true }}>
              <Name of={name} />
            </Link>
          ) : (
            <span className={classes.crumb} aria-current="page">
              <Name of={name} />
            </span>
          )}
        </Fragment>
      ))}
    </nav>
  )
}
