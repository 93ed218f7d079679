import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { type LineageOf, MOST } from '@/api/lineage/queries'
import { Page } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { Failed } from '@/components/states/Failed'
import { Loading } from '@/components/states/Loading'
import { Asked } from './Asked'
import { Details } from './Details'
import { How } from './How'
import classes from './lineage.module.css'
import { STEPS } from './steps'
import { TrailGraph } from './TrailGraph'
import { TrailList } from './TrailList'
import { useFreshTrail } from './useFreshTrail'
import { type Ways, useTrail } from './useTrail'

const route = getRouteApi('/lineage')

const WAYS: readonly Ways[] = ['both', 'upstream', 'downstream']

/** The lineage of what the address asks for. */
export function Lineage() {
  const { digest, uri, execution, path, way, depth, view } = route.useSearch()
  const of = useMemo(
    (): LineageOf =>
      digest ? { digest } : uri ? { uri } : { execution: execution ?? '', path: path ?? '' },
    [digest, uri, execution, path],
  )
  useFreshTrail(of.execution ?? '')
  const ways = WAYS.find(each => each === way) ?? 'both'
  const steps = STEPS.find(each => String(each) === depth) ?? STEPS[0]
  const { trail, asked, isComplete } = useTrail(of, ways, steps)
  const [selected, setSelected] = useState('')
  const shown =
    trail.nodes.find(node => node.id === selected) ??
    trail.nodes.find(node => node.kind === 'value' && node.isAsked)
  const failed = asked.find(query => query.isError && query.data === undefined)

  return (
    <Page
      title="Lineage"
      beside={
        <Asked of={of} value={trail.nodes.find(node => node.kind === 'value' && node.isAsked)} />
      }
      actions={<How ways={ways} steps={steps} view={view === 'list' ? 'list' : 'graph'} />}
      full
    >
      <div className={classes.root}>
        {failed ? (
          <Failed error={failed.error} retry={() => failed.refetch()} />
        ) : asked.some(query => query.data === undefined) ? (
          <Loading rows={8} />
        ) : trail.nodes.length === 0 ? (
          <Nothing />
        ) : (
          <>
            <div className={classes.trail}>
              {view === 'list' ? (
                <TrailList of={trail} />
              ) : (
                <TrailGraph of={trail} selected={shown?.id ?? ''} onSelect={setSelected} />
              )}
              {!isComplete && (
                <p className={classes.note} role="status">
                  There is more than the {MOST.toLocaleString('en')} values that are shown: ask for
                  fewer steps, or one way only.
                </p>
              )}
            </div>
            {shown && view !== 'list' && <Details of={shown} />}
          </>
        )}
      </div>
    </Page>
  )
}

function Nothing() {
  return (
    <Empty title="Nothing is known of it">
      No execution that you may see has made it or used it. What was made a moment ago may still be
      on its way: try again.
    </Empty>
  )
}
