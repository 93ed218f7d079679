import { Button } from '@mantine/core'
import { IconArrowRight, IconEqual } from '@tabler/icons-react'
import { useState } from 'react'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { type Difference, told } from '@/core/compare/words'
import { counted } from '@/core/text/shorten'
import classes from './compare.module.css'

const SHOWN = 4

/** What tells two executions apart: the first difference on top. */
export function Differences({ of }: { of: readonly Difference[] }) {
  const [isOpen, setOpen] = useState(false)
  const [first, ...others] = of
  if (!first) {
    return (
      <Section title="First difference">
        <Empty small title="Nothing is different" icon={<IconEqual />}>
          They ran the same with the same, and came to the same.
        </Empty>
      </Section>
    )
  }
  const shown = isOpen ? others : others.slice(0, SHOWN)
  const hidden = others.length - shown.length
  return (
    <Section title="First difference" beside={counted(of.length, 'difference')}>
      <div className={classes.first}>
        <Line of={first} />
      </div>
      {shown.length > 0 && (
        <ul className={classes.others}>
          {shown.map(each => (
            <li key={`${each.what} ${each.name}`}>
              <Line of={each} />
            </li>
          ))}
        </ul>
      )}
      {hidden > 0 && (
        <div className={classes.more}>
          <Button variant="subtle" onClick={() => setOpen(true)}>
            {counted(hidden, 'more difference')}
          </Button>
        </div>
      )}
    </Section>
  )
}

function Line({ of }: { of: Difference }) {
  const { title, left, right } = told(of)
  return (
    <>
      <span className={classes.title}>{title}</span>
      {(left || right) && (
        <span className={classes.change}>
          <span className={classes.value} data-side="left" title={left}>
            {left || '–'}
          </span>
          <IconArrowRight size={13} aria-label="and on the right" />
          <span className={classes.value} data-side="right" title={right}>
            {right || '–'}
          </span>
        </span>
      )}
    </>
  )
}
