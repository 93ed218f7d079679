import { Button, SegmentedControl } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Execution, NodeSide, PairedNode } from '@/api/schema'
import { Name } from '@/components/name/Name'
import { Section } from '@/components/page/Page'
import { Badge } from '@/components/phase/Badge'
import { PhaseMark } from '@/components/phase/PhaseMark'
import { Empty } from '@/components/states/Empty'
import { useNow } from '@/components/time/now'
import { byChange, change, longestOf, ratio, secondsOf } from '@/core/compare/timings'
import { lastPart } from '@/core/fleet/grid'
import { phaseOf } from '@/core/phase/phase'
import { duration } from '@/core/time/duration'
import classes from './timings.module.css'

const route = getRouteApi('/compare')

/** Kinds that have nodes in them. */
const OPENS = new Set(['workflow', 'dynamic', 'eager', 'map'])

interface TimingsProps {
  nodes: readonly PairedNode[]
  left: Execution
  right: Execution
  /** The node whose inside is shown. */
  scope: string
  onMore: (() => void) | undefined
}

/** How long each node took on both sides, bar by bar. */
export function Timings({ nodes, left, right, scope, onMore }: TimingsProps) {
  const [order, setOrder] = useState('order')
  const isOpen = nodes.some(node => node.left?.ended === null || node.right?.ended === null)
  const now = useNow()
  const at = isOpen ? now : 0
  const longest = longestOf(nodes, at)
  const shown = order === 'change' ? byChange(nodes, at) : nodes
  return (
    <Section
      title={scope ? <Inside scope={scope} /> : 'Timings'}
      beside={
        <SegmentedControl
          size="xs"
          aria-label="Order of nodes"
          data={[
            { value: 'order', label: 'In order' },
            { value: 'change', label: 'Largest change first' },
          ]}
          value={order}
          onChange={setOrder}
        />
      }
    >
      {nodes.length === 0 && <Empty small title="There are no nodes" />}
      <ul className={classes.root}>
        {shown.map(node => (
          <PairRow
            key={node.path}
            of={node}
            left={left.id}
            right={right.id}
            {...{ longest, now: at }}
          />
        ))}
        {!scope && <Whole left={left} right={right} now={now} />}
      </ul>
      {onMore && (
        <div className={classes.more}>
          <Button variant="subtle" onClick={onMore}>
            More nodes
          </Button>
        </div>
      )}
    </Section>
  )
}

/** How long both took in all. */
function Whole({ left, right, now }: { left: Execution; right: Execution; now: number }) {
  const [before, after] = [secondsOf(left, now) ?? 0, secondsOf(right, now) ?? 0]
  return (
    <li className={classes.row} data-whole>
      <span className={classes.name}>In all</span>
      <span className="mono">
        {duration(before)} → {duration(after)}
      </span>
      <span className={classes.change}>
        <span className="mono">{signed(change({ path: '', left, right }, now) ?? 0)}</span>
        <span className={classes.ratio}>{ratio(before, after)}</span>
      </span>
    </li>
  )
}

function Inside({ scope }: { scope: string }) {
  return (
    <>
      <Link to="/compare" search={old => ({ ...old, scope: '' })}>
        Timings
      </Link>{' '}
      <span className="faint">in</span> <span className="mono">{scope}</span>
    </>
  )
}

interface PairRowProps {
  of: PairedNode
  left: string
  right: string
  longest: number
  now: number
}

function PairRow({ of, left, right, longest, now }: PairRowProps) {
  const navigate = route.useNavigate()
  const [before, after] = [secondsOf(of.left, now), secondsOf(of.right, now)]
  const by = change(of, now)
  const name = of.entity ? lastPart(of.entity) : of.kind
  return (
    <li className={classes.row}>
      <span className={classes.name}>
        <Name of={name} />
        {OPENS.has(of.kind) && (
          <button
            type="button"
            className={classes.open}
            aria-label={`Compare what is in ${of.path}`}
            onClick={() => navigate({ search: old => ({ ...old, scope: of.path }) })}
          >
            <IconChevronRight size={14} aria-hidden />
          </button>
        )}
        <span className={classes.path}>{of.path}</span>
      </span>
      <span className={classes.bars}>
        <SideBar
          of={of.left}
          side="left"
          id={left}
          path={of.path}
          seconds={before}
          longest={longest}
        />
        <SideBar
          of={of.right}
          side="right"
          id={right}
          path={of.path}
          seconds={after}
          longest={longest}
        />
      </span>
      <span className={classes.change}>
        {by === null ? (
          <span className="faint">in {of.left ? left : right} alone</span>
        ) : (
          <>
            <span className="mono">{signed(by)}</span>
            <span className={classes.ratio}>{ratio(before ?? 0, after ?? 0)}</span>
          </>
        )}
      </span>
    </li>
  )
}

interface SideBarProps {
  of: NodeSide | null
  side: 'left' | 'right'
  id: string
  path: string
  seconds: number | null
  longest: number
}

function SideBar({ of, side, id, path, seconds, longest }: SideBarProps) {
  if (!of || seconds === null) {
    return (
      <span className={classes.side}>
        <span className={classes.none}>is not there</span>
      </span>
    )
  }
  const share = longest > 0 ? (seconds / longest) * 100 : 0
  return (
    <Link
      className={classes.side}
      data-side={side}
      to="/executions/$id"
      params={{ id }}
      search={{ node: path }}
      title={`${path} of ${id}`}
    >
      <PhaseMark phase={phaseOf(of.phase)} size={12} live={of.ended === null} />
      <span className={classes.track}>
        <span className={classes.bar} style={{ width: `${share}%` }} />
        <span className={classes.seconds}>
          {duration(seconds)} {of.reused && <Badge of="cached" small />}
          {of.attempt > 1 && <Badge of="retried" count={of.attempt} />}
        </span>
      </span>
    </Link>
  )
}

function signed(seconds: number): string {
  if (Math.abs(seconds) < 0.0005) return '±0'
  return `${seconds < 0 ? '−' : '+'}${duration(Math.abs(seconds))}`
}
