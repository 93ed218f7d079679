import { Button } from '@mantine/core'
import { IconFocus2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Use } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { NodeLink } from '@/components/executions/NodeLink'
import { Copy } from '@/components/name/Name'
import { Badge } from '@/components/phase/Badge'
import { Time } from '@/components/time/Time'
import type { RunNode, TrailNode, ValueNode } from '@/core/lineage/trail'
import classes from './details.module.css'

const SHOWN = 50

/** What is known of a value or of a run. */
export function Details({ of }: { of: TrailNode<Use> }) {
  return (
    <aside className={classes.root} aria-label="What is selected">
      {of.kind === 'value' ? <ValueDetails of={of} /> : <RunDetails of={of} />}
    </aside>
  )
}

function ValueDetails({ of: { uses, isAsked } }: { of: ValueNode<Use> }) {
  const [first] = uses
  if (!first) return null
  const made = uses.filter(use => use.made)
  const taken = uses.filter(use => !use.made)
  return (
    <>
      <h2 className={classes.title}>{first.preview || first.uri || 'A value'}</h2>
      <dl className={classes.facts}>
        <dt>Digest</dt>
        <dd>
          <Copy of={first.digest} mono />
        </dd>
        {first.uri && (
          <>
            <dt>URI</dt>
            <dd>
              <Copy of={first.uri} mono kept={20} />
            </dd>
          </>
        )}
      </dl>
      {!isAsked && (
        <Button
          leftSection={<IconFocus2 size={14} aria-hidden />}
          renderRoot={props => <Link {...props} to="/lineage" search={{ digest: first.digest }} />}
        >
          Lineage of this
        </Button>
      )}
      <Places title="Made" of={made} tab="outputs" />
      <Places title="Taken by" of={taken} tab="inputs" />
    </>
  )
}

/** Where a value was made, handed on or taken. */
function Places({ title, of, tab }: { title: string; of: readonly Use[]; tab: string }) {
  if (of.length === 0) return null
  return (
    <Part title={title} count={of.length}>
      {of.slice(0, SHOWN).map(use => (
        <li key={`${use.execution} ${use.path} ${use.name}`}>
          <span className={classes.line}>
            <span className={classes.name}>{use.name}</span>
            {use.entity && (
              <>
                <span className="faint">{use.made ? 'of' : 'by'}</span>
                <EntityLink of={use.entity} versioned />
              </>
            )}
            {use.reused && <Badge of="cached" small />}
          </span>
          <span className={classes.where}>
            <NodeLink execution={use.execution} path={use.path} tab={tab} />
            <Time at={use.at} />
          </span>
        </li>
      ))}
    </Part>
  )
}

function RunDetails({ of }: { of: RunNode<Use> }) {
  const { entity, execution, path, takes, gives, isReused } = of
  const at = [...gives, ...takes][0]?.at
  return (
    <>
      <h2 className={classes.title}>{entity ? <EntityLink of={entity} versioned /> : path}</h2>
      <dl className={classes.facts}>
        <dt>Node</dt>
        <dd>
          <NodeLink execution={execution} path={path} />
        </dd>
        {entity && (
          <>
            <dt>Version</dt>
            <dd>
              <Copy of={entity.version} mono />
            </dd>
          </>
        )}
        {at !== undefined && (
          <>
            <dt>When</dt>
            <dd>
              <Time at={at} /> {isReused && <Badge of="cached" />}
            </dd>
          </>
        )}
      </dl>
      <Values title="Takes" of={takes} />
      <Values title="Gives" of={gives} />
    </>
  )
}

function Values({ title, of }: { title: string; of: readonly Use[] }) {
  if (of.length === 0) return null
  return (
    <Part title={title} count={of.length}>
      {of.slice(0, SHOWN).map(({ name, digest, preview }) => (
        <li key={`${name} ${digest}`}>
          <span className={classes.line}>
            <span className={classes.name}>{name}</span>
            <Link className={classes.value} to="/lineage" search={{ digest }} title={preview}>
              {preview || digest.slice(0, 12)}
            </Link>
          </span>
        </li>
      ))}
    </Part>
  )
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <section>
      <h3 className={classes.part}>
        {title} {count > 1 && <span className="faint">{count}</span>}
      </h3>
      <ul className={classes.places}>{children}</ul>
      {count > SHOWN && <p className="faint">and {count - SHOWN} more</p>}
    </section>
  )
}
