import { useCallback } from 'react'
import type { Statuses } from '@/api/graph/feeds'
import { titleOf } from '@/core/graph/kinds'
import type { Box, Wire } from '@/core/graph/scene'
import { markOf } from '@/core/graph/status'
import type { Tiles } from '@/core/graph/tiles'
import { NAMES } from '@/core/graph/view'
import { useGraph } from './context'
import classes from './graph.module.css'
import { usePalette, type Palette } from './palette'
import { statusOf } from './status'
import { isPassedBy } from './useArm'
import { type Sheet, useLayer } from './useLayer'

interface FarViewProps {
  boxes: Tiles<Box>
  wires: Tiles<Wire>
}

/** A graph from so far away that its boxes are only colours and names: painted, and so as fast with
 * ten thousand of them. It follows the view by itself, without anything being rendered. */
export function FarView({ boxes, wires }: FarViewProps) {
  return (
    <>
      <FarWires wires={wires} />
      <FarBoxes boxes={boxes} />
    </>
  )
}

/** So many edges are drawn; where there are more of them they would only be a haze. */
const MOST_WIRES = 2500
/** Milliseconds after which a view that was moved rests: edges take longer to paint than boxes. */
const REST = 150

function FarWires({ wires }: { wires: Tiles<Wire> }) {
  const palette = usePalette()
  const paint = useCallback(
    (sheet: Sheet) => paintWires(sheet, wires.in(sheet.area, MOST_WIRES), palette),
    [wires, palette],
  )
  const canvas = useLayer({ paint, rest: REST })
  return <canvas ref={canvas} className={classes.far} aria-hidden />
}

function FarBoxes({ boxes }: { boxes: Tiles<Box> }) {
  const palette = usePalette()
  const { statuses, isRun, isLive, selected } = useGraph()
  const paint = useCallback(
    (sheet: Sheet) =>
      paintBoxes(sheet, boxes.in(sheet.area), { palette, statuses, isRun, isLive, selected }),
    [boxes, palette, statuses, isRun, isLive, selected],
  )
  const canvas = useLayer({ paint, rest: 0, subscribe: statuses.subscribe })
  return <canvas ref={canvas} className={classes.far} aria-hidden />
}

function paintWires({ context, zoom }: Sheet, wires: Wire[], palette: Palette): void {
  context.strokeStyle = palette.line
  context.lineWidth = Math.max(1.5, 0.6 / zoom)
  context.beginPath()
  for (const { points } of wires) {
    points.forEach(({ x, y }, at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
  }
  context.stroke()
}

interface Look {
  palette: Palette
  statuses: Statuses
  isRun: boolean
  isLive: boolean
  selected: string
}

/** Below so many pixels a box has no outline. */
const OUTLINE = 24

function paintBoxes({ context, zoom }: Sheet, boxes: Box[], look: Look): void {
  const { palette, selected } = look
  const isNamed = zoom >= NAMES
  context.font = '500 22px "Inter Variable", sans-serif'
  context.textBaseline = 'middle'
  for (const box of boxes) {
    const { x, y, width, height, look: kind } = box
    if (kind === 'group') {
      context.strokeStyle = palette.strong
      context.lineWidth = Math.max(1, 0.8 / zoom)
      context.strokeRect(x, y, width, height)
      continue
    }
    context.globalAlpha = isPassedBy(look.statuses, box.arm) ? 0.35 : 1
    context.fillStyle = colour(box, look)
    if (width * zoom > OUTLINE) {
      context.beginPath()
      context.roundRect(x, y, width, height, 6)
      context.fill()
    } else context.fillRect(x, y, width, height)
    if (isNamed && box.item && kind === 'node') {
      context.fillStyle = palette.surface
      context.fillText(titleOf(box.item.node), x + 10, y + height / 2, width - 20)
    }
    if (box.key === selected) {
      context.strokeStyle = palette.accent
      context.lineWidth = 3 / zoom
      context.strokeRect(x, y, width, height)
    }
  }
  context.globalAlpha = 1
}

function colour({ item, look }: Box, { palette, statuses, isRun, isLive }: Look): string {
  if (!item || !isRun || look === 'condition') return palette.strong
  return palette.phase[markOf(statusOf(statuses, item.place), isLive)]
}
