import { Button } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { WaitingGate } from '@/api/schema'
import { Name } from '@/components/name/Name'
import { Section } from '@/components/page/Page'
import classes from './HomePage.module.css'

/** With its forms, which are needed only where somebody answers. */
const GateCard = lazy(() =>
  import('@/components/act/GateCard').then(module => ({ default: module.GateCard })),
)

/** The newest gates that wait for somebody, a line each: what arrives moves little. */
export function Waiting({ of }: { of: readonly WaitingGate[] }) {
  return (
    <Section title="Waiting for somebody">
      {of.length === 0 ? (
        <p className={classes.none}>Nobody is waited for</p>
      ) : (
        <ul className={classes.rows}>
          {of.map(each => (
            <Gate key={`${each.gate.execution} ${each.gate.path}`} of={each} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Gate({ of: { gate, entity } }: { of: WaitingGate }) {
  const [isOpen, setOpen] = useState(false)
  const [question] = gate.question.split('\n')
  return (
    <>
      <li title={question}>
        <IconHandStop size={15} aria-hidden />
        <span className={classes.gate}>
          <Link
            to="/executions/$id"
            params={{ id: gate.execution }}
            search={{ node: gate.path }}
            aria-label={`${gate.name} of ${gate.execution}`}
          >
            <Name of={gate.name} />
          </Link>
          <span className="faint">in</span>
          <span className="dim">
            <Name of={gate.execution} mono />
          </span>
        </span>
        <Button
          size="compact-xs"
          aria-label={`Answer ${gate.name}`}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Close' : 'Answer'}
        </Button>
      </li>
      {isOpen && (
        <li className={classes.answer}>
          <Suspense>
            <GateCard gate={gate} project={entity.project} />
          </Suspense>
        </li>
      )}
    </>
  )
}
