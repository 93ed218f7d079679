import type { PairedValue } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { inWords } from '@/core/values/words'
import classes from './compare.module.css'

interface ValuePairsProps {
  title: 'Inputs' | 'Outputs'
  pairs: readonly PairedValue[]
  /** The executions. */
  left: string
  right: string
}

/** Inputs or outputs of both: those that differ first. */
export function ValuePairs({ title, pairs, left, right }: ValuePairsProps) {
  const different = pairs.filter(pair => !pair.same)
  const same = pairs.filter(pair => pair.same)
  const beside =
    different.length === 0 ? 'all the same' : `${different.length} of ${pairs.length} differ`
  return (
    <Section title={title} beside={pairs.length > 0 && beside}>
      {pairs.length === 0 ? (
        <Empty small title={`There are no ${title.toLowerCase()}`} />
      ) : (
        <table className={classes.table}>
          <colgroup>
            <col className={classes.nameColumn} />
            <col />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className="mono">
                {left}
              </th>
              <th scope="col" className="mono">
                {right}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...different, ...same].map(pair => (
              <Pair key={pair.name} of={pair} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}

function Pair({ of }: { of: PairedValue }) {
  const { name, same, left, right, left_type, right_type } = of
  const type = left_type || right_type
  return (
    <tr data-same={same || undefined}>
      <th scope="row">
        <span className="mono">{name}</span>
        <span className={classes.type}>{type}</span>
      </th>
      {same ? (
        <td colSpan={2}>
          <Value of={left} type={left_type} />
          <span className={classes.type}>on both sides</span>
        </td>
      ) : (
        <>
          <td data-side="left">{left_type ? <Value of={left} type={left_type} /> : <Absent />}</td>
          <td data-side="right">
            {right_type ? <Value of={right} type={right_type} /> : <Absent />}
            {left_type && right_type && left_type !== right_type && (
              <span className={classes.type}>{right_type}</span>
            )}
          </td>
        </>
      )}
    </tr>
  )
}

function Value({ of, type }: { of: unknown; type: string }) {
  // JSON knows no floats that are whole.
  const words = inWords(of) + (type === 'float' && Number.isInteger(of) ? '.0' : '')
  return (
    <span className={classes.preview} title={words}>
      {words}
    </span>
  )
}

function Absent() {
  return <span className="faint">is not there</span>
}
