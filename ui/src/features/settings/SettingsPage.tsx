import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Page } from '@/components/page/Page'
import { usePlace } from '@/components/page/page'
import { About } from './About'
import { Audit } from './Audit'
import { Health } from './Health'
import { Projects } from './Projects'
import { Tokens } from './Tokens'
import classes from './settings.module.css'

const VIEWS = [
  { view: 'projects', name: 'Projects', Shown: Projects },
  { view: 'tokens', name: 'Tokens', Shown: Tokens },
  { view: 'audit', name: 'Audit', Shown: Audit },
  { view: 'health', name: 'Health', Shown: Health },
  { view: 'about', name: 'About', Shown: About },
] as const

/** What concerns the server as a whole, and who may do what. */
export function SettingsPage() {
  const search = useSearch({ from: '/settings' })
  const navigate = useNavigate({ from: '/settings' })
  const chosen = VIEWS.find(each => each.view === search.view) ?? VIEWS[0]
  usePlace([{ name: 'Settings', to: '/settings' }, { name: chosen.name }])
  return (
    <Page title="Settings" full={chosen.view === 'audit'}>
      <Tabs
        className={classes.tabs}
        value={chosen.view}
        onChange={view => navigate({ search: old => ({ ...old, ...(view && { view }) }) })}
      >
        <Tabs.List>
          {VIEWS.map(({ view, name }) => (
            <Tabs.Tab key={view} value={view}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {VIEWS.map(({ view, Shown }) => (
          <Tabs.Panel key={view} value={view} className={classes.panel}>
            <Shown />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}
