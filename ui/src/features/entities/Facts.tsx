import type { ExactEntity } from '@/api/entities/queries'
import { Copy } from '@/components/name/Name'
import { Section } from '@/components/page/Page'
import { Time } from '@/components/time/Time'
import classes from './Overview.module.css'

/** Where it comes from. */
export function Facts({ of: { summary } }: { of: ExactEntity }) {
  const { key, by, created, digest, bundle } = summary
  return (
    <Section title="About">
      <dl className={classes.facts}>
        <dt>Project</dt>
        <dd>{key.project}</dd>
        <dt>Domain</dt>
        <dd>{key.domain}</dd>
        <dt>Registered</dt>
        <dd>
          <Time at={created} /> {by && <span className="dim">by {by}</span>}
        </dd>
        <dt>Version</dt>
        <dd>
          <Copy of={key.version} mono />
        </dd>
        <dt>Spec</dt>
        <dd>
          <Copy of={digest} mono />
        </dd>
        <dt>Bundle</dt>
        <dd>
          <Copy of={bundle} mono />
        </dd>
      </dl>
    </Section>
  )
}
