import { useQuery } from '@tanstack/react-query'
import { health, whoami } from '@/api/server/queries'
import { token } from '@/api/token'
import { useStore } from '@/api/store'
import { Copy } from '@/components/name/Name'
import { Section } from '@/components/page/Page'
import { Button } from '@mantine/core'
import { queries } from '@/api/query'
import classes from './settings.module.css'

/** Which server this is, and who is known to it. */
export function About() {
  const server = useQuery(health)
  const me = useQuery(whoami)
  const secret = useStore(token)
  const forget = () => {
    token.set('')
    queries.resetQueries()
  }
  return (
    <Section title="About">
      <dl className={classes.about}>
        <dt>Server</dt>
        <dd>
          <Copy of={location.origin} mono />
        </dd>
        <dt>Version</dt>
        <dd>{server.data?.version}</dd>
        <dt>You</dt>
        <dd>
          {me.data && `${me.data.name}, ${me.data.role} ${placesOf(me.data.projects)}`}{' '}
          {secret && (
            <Button variant="subtle" onClick={forget}>
              Forget the token
            </Button>
          )}
        </dd>
        <dt>From Python</dt>
        <dd>
          <Copy of={`volery.Remote("${location.origin}")`} mono />
        </dd>
        <dt>From a terminal</dt>
        <dd>
          <Copy of={`export VOLERY_SERVER=${location.origin}`} mono />
        </dd>
        <dt>The API</dt>
        <dd>
          <a href="/api/openapi.json">/api/openapi.json</a>
        </dd>
        <dt>With thanks to</dt>
        <dd>React Flow, which graphs are shown with, elkjs, Mantine, TanStack and Tabler Icons</dd>
      </dl>
    </Section>
  )
}

function placesOf(projects: readonly string[] | null): string {
  return projects ? `of ${projects.join(', ')}` : 'everywhere'
}
