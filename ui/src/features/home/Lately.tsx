import { Link, useNavigate } from '@tanstack/react-router'
import type { OverTime } from '@/api/schema'
import { Histogram } from '@/components/executions/Histogram'
import { Section } from '@/components/page/Page'
import { between } from '@/core/filter/line'
import classes from './HomePage.module.css'

/** The last day at a glance. */
export function Lately({ of }: { of: OverTime }) {
  const navigate = useNavigate()
  return (
    <Section title="The last day" beside={<Link to="/executions">All executions</Link>}>
      <div className={classes.lately}>
        <Histogram
          of={of}
          onChoose={(since, until) =>
            navigate({ to: '/executions', search: { q: between(since, until) } })
          }
        />
      </div>
    </Section>
  )
}
