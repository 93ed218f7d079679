import { SegmentedControl, Select } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { counted } from '@/core/text/shorten'
import { STEPS } from './steps'
import type { Ways } from './useTrail'
import classes from './lineage.module.css'

const route = getRouteApi('/lineage')

interface HowProps {
  ways: Ways
  steps: number
  view: 'graph' | 'list'
}

/** Which ways, how far, and how it is shown. */
export function How({ ways, steps, view }: HowProps) {
  const navigate = route.useNavigate()
  const set = (change: { way?: string; depth?: string; view?: string }) =>
    navigate({ search: old => ({ ...old, ...change }), replace: true })
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Ways"
        data={[
          { value: 'upstream', label: 'Upstream' },
          { value: 'both', label: 'Both ways' },
          { value: 'downstream', label: 'Downstream' },
        ]}
        value={ways}
        onChange={way => set({ way: way === 'both' ? '' : way })}
      />
      <Select
        className={classes.steps}
        size="xs"
        aria-label="Steps"
        data={STEPS.toSorted((a, b) => a - b).map(count => ({
          value: String(count),
          label: counted(count, 'step'),
        }))}
        value={String(steps)}
        allowDeselect={false}
        onChange={depth => set({ depth: depth ?? '' })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Shown as"
        data={[
          { value: 'graph', label: 'Graph' },
          { value: 'list', label: 'List' },
        ]}
        value={view}
        onChange={next => set({ view: next === 'graph' ? '' : next })}
      />
    </>
  )
}
