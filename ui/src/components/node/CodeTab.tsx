import { useQuery } from '@tanstack/react-query'
import { definition } from '@/api/node/queries'
import type { Definition } from '@/api/schema'
import { EntityLink, kindWord } from '@/components/entity/EntityLink'
import { Copy } from '@/components/name/Name'
import { Loaded } from '@/components/states/Loaded'
import { State } from '@/components/states/State'
import { specOf } from '@/core/code/spec'
import { Facts } from './Facts'
import type { Shown } from './useNode'
import classes from './node.module.css'

/** What code it ran: where it is written, which version, and what that is made of. */
export function CodeTab({ of }: { of: Shown }) {
  const found = useQuery(definition(of.of))
  return (
    <div className={classes.scroll}>
      <Loaded of={found} small>
        {told => <Told of={told} />}
      </Loaded>
    </div>
  )
}

type Carried = Pick<Definition, 'entity' | 'bundle' | 'package' | 'spec'>

function Told({ of }: { of: Carried }) {
  const spec = specOf(of.spec)
  if (!of.entity) {
    return (
      <State small title="It is part of the graph">
        It runs no code of its own: what is inside it does.
      </State>
    )
  }
  return (
    <>
      {spec.description && <p className={classes.description}>{spec.description}</p>}
      <Facts
        of={[
          [kindWord(of.entity.kind), <EntityLink key="entity" of={of.entity} versioned />],
          ['Version', of.entity.version && <Copy of={of.entity.version} mono />],
          ['Written in', spec.source && <Copy of={spec.source} mono kept={20} />],
          ['Function', spec.function && <Copy of={spec.function} mono kept={20} />],
          ['Kind', spec.kind],
          ['Mode', spec.mode],
          ['Command', spec.command && <code className="mono">{spec.command}</code>],
          ['Bundle', <Copy key="bundle" of={of.bundle} mono />],
          [
            'Code',
            of.package ? (
              <Copy of={of.package} mono />
            ) : (
              <span className="dim">of the folder that it was started from</span>
            ),
          ],
        ]}
      />
      {spec.fingerprint.length > 0 && (
        <section className={classes.part}>
          <h3 className={classes.title}>Its fingerprint: all of the project that it uses</h3>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col">Digest</th>
              </tr>
            </thead>
            <tbody>
              {spec.fingerprint.map(([name, digest]) => (
                <tr key={name}>
                  <td title={name}>{name}</td>
                  <td>
                    <Copy of={digest} mono />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}
