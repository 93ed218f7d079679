import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { whoami } from '@/api/server/queries'
import { Kept, useStore } from '@/api/store'
import { refusal } from '@/api/token'
import { SignIn } from '@/components/states/SignIn'
import { Away } from './Away'
import classes from './Frame.module.css'
import { useKeys } from './keys'
import { Late } from './Late'
import { Rail } from './Rail'
import { TopBar } from './TopBar'

const loadPalette = () => import('./palette/Palette').then(module => module.Palette)

const folded = new Kept('rail.folded')

/** What stands around every page: the rail, the bar, and what is told of the connection. */
export function Frame() {
  const isFolded = useStore(folded) !== ''
  const [openAt, setOpenAt] = useState<string>() // the page over which the rail was opened
  const [isSearching, setSearching] = useState(false)
  const path = useRouterState({ select: state => state.location.pathname })
  useKeys(() => setSearching(true))
  useQuery(whoami) // known before anything asks what they may do
  const refused = useStore(refusal)
  const isOpen = openAt === path

  return (
    <div
      className={classes.root}
      data-folded={isFolded || undefined}
      data-open={isOpen || undefined}
    >
      <a className={classes.skip} href="#page">
        Skip to the page
      </a>
      <Rail isFolded={isFolded && !isOpen} onFold={() => folded.set(isFolded ? '' : 'yes')} />
      {/* Closes the rail; with a keyboard Escape and its button do. */}
      <div className={classes.veil} aria-hidden onClick={() => setOpenAt(undefined)} />
      <div className={classes.main}>
        <TopBar
          onMenu={() => setOpenAt(isOpen ? undefined : path)}
          onSearch={() => setSearching(true)}
        />
        <Away />
        <main id="page" className={classes.page} tabIndex={-1}>
          {refused ? <SignIn problem={refused} /> : <Outlet />}
        </main>
      </div>
      {isSearching && <Late load={loadPalette} onClose={() => setSearching(false)} />}
    </div>
  )
}
