import { useQuery } from '@tanstack/react-query'
import { memo, useCallback, useMemo, useState, type MouseEvent } from 'react'
import { mapCells } from '@/api/graph/queries'
import { cellAt, CELLS_WIDTH, cellSpot, FILTER, fit, isReused, phaseOf, pick, shown, type Grid } from '@/core/graph/cells' // prettier-ignore
import type { Size, Spot } from '@/core/graph/layout'
import type { Item } from '@/core/graph/outline'
import { elementPath } from '@/core/graph/place'
import type { PhaseName } from '@/core/graph/shape'
import { phaseWord } from '@/core/phase/phase'
import classes from './cells.module.css'
import { useGraph } from './context'
import { usePalette, type Palette } from './palette'
import { PhaseFilter } from './PhaseFilter'
import { useCanvas } from './useCanvas'

interface CellsBoxProps extends Size {
  /** The map. */
  item: Item
}

/** The elements of a map, a cell each, as far as there is room; by phase, and nearer by a click. */
export const CellsBox = memo(function CellsBox({ item, width, height }: CellsBoxProps) {
  const graph = useGraph()
  const { data } = useQuery({ ...mapCells(item.place), enabled: graph.isRun })
  const [phases, setPhases] = useState<ReadonlySet<PhaseName>>(new Set())
  const [range, setRange] = useState<readonly [number, number] | null>(null)
  const palette = usePalette()

  const cells = data?.cells
  const picked = useMemo(() => {
    const all = cells ? pick(cells, phases) : new Uint32Array()
    return range ? all.filter(at => at >= range[0] && at <= range[1]) : all
  }, [cells, phases, range])
  const grid = useMemo(
    () => fit(picked.length, { width: CELLS_WIDTH, height: height - FILTER }),
    [picked, height],
  )
  const selected = useSelectedElement(item)
  const paint = useCallback(
    (context: CanvasRenderingContext2D) => {
      if (cells) paintCells(context, cells, picked, grid, palette, selected)
    },
    [cells, picked, grid, palette, selected],
  )
  const size = { width, height: height - FILTER }
  const canvas = useCanvas(size, paint)
  const [over, setOver] = useState<number | null>(null)

  const cellUnder = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const zoom = box.width / size.width
    return cellAt(grid, picked.length, (event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom) // prettier-ignore
  }
  const choose = (event: MouseEvent<HTMLElement>) => {
    const cell = cellUnder(event)
    if (cell === null) return
    const [first, last] = elementsOf(grid, picked, cell)
    if (first !== last) {
      setRange([first, last])
      return
    }
    graph.onSelect({ ...item.place, path: elementPath(item.place.path, first) })
    if (item.node.entity?.kind === 'workflow') graph.onElement(item.place, first)
  }

  return (
    <div className={classes.root}>
      <div className={classes.filter}>
        <PhaseFilter counts={data?.counts ?? {}} chosen={phases} onChoose={setPhases} />
        {range && (
          <button type="button" className={classes.back} onClick={() => setRange(null)}>
            {range[0]}–{range[1]} ×
          </button>
        )}
        <span className={classes.told}>{told(grid, cells, picked, over)}</span>
      </div>
      <button
        type="button"
        className={classes.grid}
        aria-label={`Elements of ${item.node.title}`}
        onClick={choose}
        onMouseMove={event => setOver(cellUnder(event))}
        onMouseLeave={() => setOver(null)}
      >
        <canvas ref={canvas} className={classes.canvas} style={size} />
      </button>
    </div>
  )
})

/** Which element of the map is selected, it or something in it; null: none. */
function useSelectedElement(item: Item): number | null {
  const { selected } = useGraph()
  const start = `${item.key}[`
  if (!selected.startsWith(start)) return null
  const index = Number.parseInt(selected.slice(start.length), 10)
  return Number.isNaN(index) ? null : index
}

function elementsOf(grid: Grid, picked: Uint32Array, cell: number): [number, number] {
  const first = picked[cell * grid.each] ?? 0
  return [first, picked[Math.min(picked.length, (cell + 1) * grid.each) - 1] ?? first]
}

/** What stands beside the filter: the element under the pointer, or what a cell is. */
function told(
  grid: Grid,
  cells: Uint8Array | undefined,
  picked: Uint32Array,
  over: number | null,
): string {
  if (!cells) return ''
  if (over !== null) {
    const [first, last] = elementsOf(grid, picked, over)
    const cell = shown(cells, picked, grid, over)
    const reused = isReused(cell) ? ', reused' : ''
    return `${first === last ? `[${first}]` : `[${first}–${last}]`} ${phaseWord(phaseOf(cell))}${reused}`
  }
  return grid.each > 1 ? `a cell is ${grid.each} elements` : ''
}

/** What tells a cell apart from the others without its colour. */
type Sign = 'cross' | 'dot' | 'square' | null

function signOf(cell: number): Sign {
  if (isReused(cell)) return 'dot'
  const phase = phaseOf(cell)
  return phase === 'FAILED' ? 'cross' : phase === 'ABORTED' ? 'square' : null
}

function paintSign(
  context: CanvasRenderingContext2D,
  sign: Sign,
  { x, y }: Spot,
  side: number,
  palette: Palette,
): void {
  if (!sign) return
  const inset = side * 0.3
  const [left, top, right, bottom] = [x + inset, y + inset, x + side - inset, y + side - inset]
  context.strokeStyle = context.fillStyle = palette.surface
  context.lineWidth = side / 8
  context.beginPath()
  if (sign === 'cross') {
    context.moveTo(left, top)
    context.lineTo(right, bottom)
    context.moveTo(right, top)
    context.lineTo(left, bottom)
    context.stroke()
  } else if (sign === 'square') context.fillRect(left, top, right - left, bottom - top)
  else {
    context.arc(x + side / 2, y + side / 2, side / 5, 0, 2 * Math.PI)
    context.fill()
  }
}

function paintCells(
  context: CanvasRenderingContext2D,
  cells: Uint8Array,
  picked: Uint32Array,
  grid: Grid,
  palette: Palette,
  selected: number | null,
): void {
  const count = Math.ceil(picked.length / grid.each)
  const radius = grid.side > 7 ? 2 : 0
  for (let cell = 0; cell < count; cell++) {
    const { x, y } = cellSpot(grid, cell)
    const byte = shown(cells, picked, grid, cell)
    context.fillStyle = isReused(byte) ? palette.cached : palette.phase[phaseOf(byte)]
    if (radius) {
      context.beginPath()
      context.roundRect(x, y, grid.side, grid.side, radius)
      context.fill()
      paintSign(context, signOf(byte), { x, y }, grid.side, palette)
    } else context.fillRect(x, y, grid.side, grid.side)
  }
  if (selected === null) return
  const at = picked.indexOf(selected)
  if (at < 0) return
  const { x, y } = cellSpot(grid, Math.floor(at / grid.each))
  context.strokeStyle = palette.accent
  context.lineWidth = 2
  context.strokeRect(x - 1, y - 1, grid.side + 2, grid.side + 2)
}
