import { IconBolt, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { explanation } from '@/api/node/queries'
import { ProblemError } from '@/api/problem'
import type { Entry, Explanation } from '@/api/schema'
import { Copy } from '@/components/name/Name'
import { Loaded } from '@/components/states/Loaded'
import { State } from '@/components/states/State'
import { Time } from '@/components/time/Time'
import { causeInWords, keyParts } from '@/core/cache/explanation'
import { Facts } from './Facts'
import type { Shown } from './useNode'
import classes from './node.module.css'

/** Whether it was found in the cache, and why not: what its key is made of, and what differs. */
export function CacheTab({ of }: { of: Shown }) {
  const found = useQuery(explanation(of.of))
  if (found.error instanceof ProblemError && found.error.status === 422) {
    const { detail, hint } = found.error.problem
    return (
      <State small title="It is not cached by itself">
        <p>{detail}</p>
        {hint && <p>{hint}</p>}
      </State>
    )
  }
  return (
    <div className={classes.scroll}>
      <Loaded of={found} small>
        {told => <Told of={told} />}
      </Loaded>
    </div>
  )
}

/** As the client types it: it knows no pairs. */
type Explained = Omit<Explanation, 'parts' | 'other'> & {
  parts: string[][]
  other: Omit<Entry, 'parts'> | null
}

function Told({ of }: { of: Explained }) {
  const isHit = of.cause === 'found' || of.cause === 'recovered'
  const Icon = isHit ? IconBolt : IconPlayerPlay
  const parts = keyParts(of.parts, of.differences)
  const compared = of.other !== null && of.differences.length > 0
  return (
    <>
      <div className={classes.cause} data-hit={isHit || undefined}>
        <Icon size={16} aria-hidden />
        <p className={classes.causeText}>{causeInWords(of.cause)}</p>
      </div>
      <Facts
        of={[
          ['From', of.source && <SourceLink of={of.source} />],
          ['Expired', of.expired !== null && <Time at={of.expired} />],
          [
            'Compared with',
            of.other && <SourceLink of={`${of.other.execution}/${of.other.path}`} />,
          ],
          ['Made', of.other && <Time at={of.other.created} />],
          ['Key', of.key && <Copy of={of.key} mono />],
        ]}
      />
      {parts.length > 0 && (
        <section className={classes.part}>
          <h3 className={classes.title}>The key is made of</h3>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col">Here</th>
                {compared && <th scope="col">There</th>}
              </tr>
            </thead>
            <tbody>
              {parts.map(part => (
                <tr key={part.name} data-differs={part.differs || undefined}>
                  <td title={part.name}>{part.name}</td>
                  <td>{part.here ? <Copy of={part.here} mono /> : <None />}</td>
                  {compared && <td>{part.there ? <Copy of={part.there} mono /> : <None />}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function None() {
  return <span className="faint">–</span>
}

/** The node execution that something comes from, written `execution/path`. */
export function SourceLink({ of }: { of: string }) {
  const [id = '', ...path] = of.split('/')
  return (
    <Link to="/executions/$id" params={{ id }} search={{ node: path.join('/') }} className="mono">
      {of}
    </Link>
  )
}
